// Writes findings; one that is already there keeps the day it was first found.
// Parameters: $rows (list of maps: id, properties). Returns nothing. Bound: findings of a run, in batches.
UNWIND $rows AS row
MERGE (finding:Finding {id: row.id})
ON CREATE SET finding.first_found = row.properties.as_of
SET finding += row.properties
