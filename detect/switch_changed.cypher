// Puts what was staged in the place of findings that say something else by now.
// No parameters, returns nothing. Bound: staged findings.
MATCH (staged:StagedFinding)
MATCH (finding:Finding {id: staged.id})
WITH staged, finding, finding.first_found AS first_found, properties(staged) AS said
SET finding = said, finding.first_found = first_found
DETACH DELETE staged
