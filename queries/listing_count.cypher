// How many things of one type there are that the reader may see and something is asked of.
// Places: LABEL, SURE (what surely holds, of things of which the reader sees all that is said), DOUBTFUL
// (those, seen wholly or partly, of which it may hold and must be judged).
// Parameters: $as_of (ISO date), $bound (things counted at most), $doubtful_limit (rows), $regions
// (regions the reader may see), and the values of the places.
// Returns sure (how many, at most $bound), doubtful (things to be judged, with the visible records of
// those of which others spoke too).
// Bound: $bound things counted, $doubtful_limit returned.
RETURN COUNT {
  MATCH (n:__LABEL__)
  WHERE __WHOLE(n)__ AND n.first_seen <= $as_of AND __SURE__
  RETURN n LIMIT $bound
} AS sure,
COLLECT {
  MATCH (n:__LABEL__)
  WHERE __DOUBTFUL__
  WITH n ORDER BY n.id LIMIT $doubtful_limit
  RETURN {stored: properties(n), said: COLLECT {
    UNWIND CASE WHEN __WHOLE(n)__ THEN [] ELSE n.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS doubtful
