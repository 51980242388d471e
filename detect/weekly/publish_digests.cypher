// Writes the digests of a run; one that is there is never changed.
// Parameters: $rows (list of maps: id, properties). Returns nothing. Bound: regions of a run.
UNWIND $rows AS row
MERGE (digest:WeeklyDigest {id: row.id})
ON CREATE SET digest += row.properties
