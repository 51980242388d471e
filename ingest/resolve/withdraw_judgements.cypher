// Withdraws standing judgements; their content stays readable.
// Parameters: $rows (list of maps: id), $by (who), $at (ISO time), $why (reason).
// Returns id of those withdrawn now. Bound: rows given.
UNWIND $rows AS row
MATCH ()-[judgement:JUDGED {id: row.id}]->() WHERE judgement.withdrawn_at IS NULL
SET judgement.withdrawn_at = $at, judgement.withdrawn_by = $by, judgement.withdrawn_why = $why
RETURN judgement.id AS id
