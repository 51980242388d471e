// How much is staged: another run, which has taken over the lease, may have taken it away.
// Parameters: $memory (name of the memory). Returns findings, parts (counts). Bound: one row.
CALL () { MATCH (finding:StagedFinding) RETURN count(finding) AS findings }
CALL () { MATCH (part:WeeklyPart {memory: $memory}) RETURN count(part) AS parts }
RETURN findings, parts
