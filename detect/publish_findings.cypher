// Publishes findings within the transaction that makes them; one that is there keeps its first day.
// Parameters: $rows (list of maps: id, properties, first_found). Returns nothing. Bound: findings of a detector.
UNWIND $rows AS row
MERGE (finding:Finding {id: row.id})
ON CREATE SET finding.first_found = row.first_found
SET finding += row.properties
