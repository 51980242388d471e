// What was told on a date before: the ids of its flags, and its newest edition of digests.
// Parameters: $as_of (ISO date). Returns flags (ids), edition (0 for none). Bound: flags of one week.
OPTIONAL MATCH (flag:Flag) WHERE flag.as_of = $as_of
WITH collect(flag.id) AS flags
OPTIONAL MATCH (digest:WeeklyDigest) WHERE digest.as_of = $as_of
RETURN flags, coalesce(max(digest.edition), 0) AS edition
