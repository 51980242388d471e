// Keeps the answer to a request, and the line of the audit log that says what was done.
// Lines are only ever added. Parameters: $id (of the receipt), $answer (JSON), $forget_at (ISO time),
// $line (properties of the audit line, with its id).
// Returns nothing. Bound: one line.
MATCH (r:WriteReceipt {id: $id})
SET r.answer = $answer, r.forget_at = $forget_at
CREATE (a:AuditLine)
SET a = $line
