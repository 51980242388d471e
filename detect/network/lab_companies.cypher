// Which company each test lab is, as of a date.
// Parameters: $as_of (ISO date).
// Returns one row per lab with a credit code: uscc, lab (node id), records. Bound: the labs of the register.
MATCH (lab:TestLab)
WHERE lab.uscc IS NOT NULL AND lab.first_seen <= $as_of
RETURN lab.uscc AS uscc, lab.id AS lab, lab.records AS records
