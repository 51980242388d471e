// The newest day that any finding was first made; told to nobody, it only bounds what is read again.
// No parameters. Returns newest (ISO date, '' for none). Bound: one row.
MATCH (f:Finding)
RETURN coalesce(max(f.first_found), '') AS newest
