// The weekly runs, newest first, without their snapshots.
// Parameters: $limit (rows). Returns id, as_of, digest, engine, counts (JSON). Bound: $limit.
MATCH (run:WeeklyRun)
RETURN run.id AS id, run.as_of AS as_of, run.digest AS digest, run.engine AS engine,
       run.counts AS counts
ORDER BY run.as_of DESC LIMIT $limit
