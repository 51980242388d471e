// The weekly run of a date, if there is one, and the newest run's date.
// Parameters: $id (run id). Returns digest, counts (JSON), incomplete (relations whose feed failed),
// regions (that have a digest of it), newest (ISO date). Bound: one row.
OPTIONAL MATCH (run:WeeklyRun {id: $id})
OPTIONAL MATCH (any:WeeklyRun)
WITH run, max(any.as_of) AS newest
OPTIONAL MATCH (digest:WeeklyDigest {as_of: run.as_of})
RETURN run.digest AS digest, run.counts AS counts, run.incomplete AS incomplete, newest,
       collect(DISTINCT digest.region) AS regions
