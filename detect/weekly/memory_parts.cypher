// Parts of what a run remembers, in order.
// Parameters: $memory (name of the memory), $start (number of the first part), $limit (parts).
// Returns content (bytes). Bound: $limit rows.
MATCH (part:WeeklyPart {memory: $memory}) WHERE part.at >= $start
RETURN part.content AS content ORDER BY part.at LIMIT $limit
