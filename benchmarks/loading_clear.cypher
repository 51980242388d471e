// Empties a store of the benchmark's own, a part at a time; keys and indexes stay.
// Parameters: $limit (nodes per transaction).
// Returns deleted, 0 when nothing is left. Bound: one row.
MATCH (n) WITH n LIMIT $limit DETACH DELETE n RETURN count(n) AS deleted
