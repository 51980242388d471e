// The weekly run of a date, if there is one, and the newest run's date.
// Parameters: $id (run id). Returns digest, counts (JSON), newest (ISO date). Bound: one row.
OPTIONAL MATCH (run:WeeklyRun {id: $id})
OPTIONAL MATCH (any:WeeklyRun)
RETURN run.digest AS digest, run.counts AS counts, max(any.as_of) AS newest
