// Takes away parts of a memory that no published run has, a few at a time.
// Parameters: $limit (parts). Returns removed (parts). Bound: $limit nodes.
MATCH (part:WeeklyPart)
WHERE NOT EXISTS { MATCH (run:WeeklyRun) WHERE run.memory = part.memory }
WITH part LIMIT $limit
DELETE part
RETURN count(*) AS removed
