// Queues a job, unless its owner has too many that are queued or running already.
// Parameters: $id, $owner (reader), $most (jobs he may have open), $properties (of the job).
// Returns is_added. Bound: one row.
CALL () {
  MATCH (open:ExportJob {owner: $owner})
  WHERE open.state IN ['queued', 'running'] AND open.id <> $id
  RETURN count(open) AS waiting
}
FOREACH (_ IN CASE WHEN waiting < $most THEN [1] ELSE [] END |
  MERGE (j:ExportJob {id: $id}) ON CREATE SET j += $properties
)
RETURN waiting < $most AS is_added
