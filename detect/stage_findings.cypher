// Keeps findings that are new or have changed where no reader looks, until they are published.
// Parameters: $rows (list of maps: id, properties, first_found as an ISO date, which gives way to that of
// a finding that is there). Returns nothing. Bound: findings of a run, in batches.
UNWIND $rows AS row
MERGE (finding:StagedFinding {id: row.id})
SET finding = row.properties, finding.first_found = row.first_found
