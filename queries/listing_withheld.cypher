// How many things of one type the reader may not see, whatever he asks of them: a count of hidden things
// that match would tell him their values, one question at a time.
// Places: LABEL.
// Parameters: $bound (things counted at most), $regions (regions the reader may see).
// Returns withheld (at most $bound).
// Bound: one row.
RETURN COUNT {
  MATCH (n:__LABEL__)
  WHERE NOT __VISIBLE(n)__
  RETURN n LIMIT $bound
} AS withheld
