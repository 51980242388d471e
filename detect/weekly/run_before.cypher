// The last weekly run before a date, with its memory.
// Parameters: $as_of (ISO date). Returns as_of, state (JSON), snapshot (bytes). Bound: one row.
MATCH (run:WeeklyRun) WHERE run.as_of < $as_of
RETURN run.as_of AS as_of, run.state AS state, run.snapshot AS snapshot
ORDER BY run.as_of DESC LIMIT 1
