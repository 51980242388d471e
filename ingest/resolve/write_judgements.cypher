// Writes judgements on two nodes of one type; one that is there already stays as it is.
// Parameters: $rows (list of maps: id, a, b node ids, properties).
// Returns nothing. Bound: rows given.
UNWIND $rows AS row
OPTIONAL MATCH (ma:Merchant {id: row.a})
OPTIONAL MATCH (mb:Merchant {id: row.b})
OPTIONAL MATCH (la:TestLab {id: row.a})
OPTIONAL MATCH (lb:TestLab {id: row.b})
OPTIONAL MATCH (pa:Address {id: row.a})
OPTIONAL MATCH (pb:Address {id: row.b})
WITH row, coalesce(ma, la, pa) AS a, coalesce(mb, lb, pb) AS b
WHERE a IS NOT NULL AND b IS NOT NULL
MERGE (a)-[judgement:JUDGED {id: row.id}]->(b)
ON CREATE SET judgement += row.properties
