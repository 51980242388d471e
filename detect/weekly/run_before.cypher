// The last weekly run before a date, with its memory: a name, or in older runs the picture itself.
// Parameters: $as_of (ISO date). Returns as_of, state (JSON), memory, snapshot (bytes). Bound: one row.
MATCH (run:WeeklyRun) WHERE run.as_of < $as_of
WITH run ORDER BY run.as_of DESC LIMIT 1
RETURN run.as_of AS as_of, run.state AS state, run.memory AS memory, run.snapshot AS snapshot
