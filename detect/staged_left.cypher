// Takes away what a run that was cut off had staged, a part at a time.
// Parameters: $limit (nodes). Returns removed (nodes). Bound: $limit nodes.
MATCH (finding:StagedFinding) WITH finding LIMIT $limit
DETACH DELETE finding
RETURN count(*) AS removed
