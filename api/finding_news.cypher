// Whether there may be new findings: how many there are, which the store knows without counting. What it
// says is told to nobody; it only decides whether readers' own questions are worth asking.
// No parameters. Returns newest (empty), published (how many). Bound: one row.
MATCH (f:Finding)
RETURN '' AS newest, count(f) AS published
