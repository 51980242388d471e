// Records a weekly run: what it saw and what it will compare next week with.
// Parameters: $id, $properties (map: as_of, digest, engine, state JSON, memory, counts JSON, status).
// Returns nothing. Bound: one node.
MERGE (run:WeeklyRun {id: $id}) SET run += $properties
