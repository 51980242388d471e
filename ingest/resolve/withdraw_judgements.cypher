// Withdraws standing judgements; their content stays readable.
// Parameters: $rows (list of maps: id), $by (who), $at (ISO time), $why (reason), $regions (regions the
// one who withdraws may see, null for all: he must see both ends).
// Returns id of those withdrawn now. Bound: rows given.
UNWIND $rows AS row
MATCH (a)-[judgement:JUDGED {id: row.id}]->(b)
WHERE judgement.withdrawn_at IS NULL
  AND ($regions IS NULL
       OR (any(region IN a.regions WHERE region IN $regions)
           AND any(region IN b.regions WHERE region IN $regions)))
SET judgement.withdrawn_at = $at, judgement.withdrawn_by = $by, judgement.withdrawn_why = $why
RETURN judgement.id AS id
