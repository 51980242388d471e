// Shows what was staged and is not yet there: a change of label alone, because a transaction holds all of it.
// No parameters, returns nothing. Bound: staged findings.
MATCH (finding:StagedFinding)
SET finding:Finding
REMOVE finding:StagedFinding
