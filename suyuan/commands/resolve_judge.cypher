// Writes judgements that two merchants are the same; one already there keeps who and when.
// Parameters: $rows (list of maps: a, b node ids), $by (who), $at (ISO time), $why (reason).
// Returns nothing. Bound: rows given.
UNWIND $rows AS row
MATCH (a:Merchant {id: row.a})
MATCH (b:Merchant {id: row.b})
MERGE (a)-[judgement:JUDGED]->(b)
ON CREATE SET judgement.judgement = 'same', judgement.by = $by, judgement.at = $at,
              judgement.why = $why
