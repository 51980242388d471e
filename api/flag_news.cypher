// Whether there may be new flags: the newest date of any, and how many announced ones it has. What it
// says is told to nobody; it only decides whether readers' own questions are worth asking.
// No parameters. Returns newest (ISO date), published (how many). Bound: one row.
CALL () {
  MATCH (f:Flag) WHERE f.as_of > ''
  RETURN f.as_of AS newest ORDER BY f.as_of DESC LIMIT 1
}
RETURN newest, COUNT { MATCH (g:Flag) WHERE g.as_of = newest AND g.announced } AS published
