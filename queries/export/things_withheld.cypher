// How many things of one type the reader may not see.
// Parameters: $as_of (ISO date), $regions (regions the reader may see).
// Returns withheld. Bound: one row.
MATCH (n:__LABEL__)
WHERE NOT any(region IN n.regions WHERE region IN $regions) AND n.first_seen <= $as_of
RETURN count(n) AS withheld
