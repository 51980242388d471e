// What things of one type come to: how many, in groups, and the measures of numbers and dates.
// Places: LABEL, SURE and DOUBTFUL (as in listing_count), GROUP_ROWS (one row per group of a thing, with
// `key`, a list of texts), MEASURES (a list of [count, least, greatest, sum], one per property).
// Parameters: $as_of (ISO date), $group_limit and $doubtful_limit (rows), $regions (regions the reader
// may see), and the values of the places.
// Returns count, measures, groups (key, count and measures, most things first; of things that surely
// match), doubtful (things to be judged, with the visible records of those of which others spoke too).
// Bound: $group_limit groups, $doubtful_limit things.
CALL () {
  MATCH (n:__LABEL__)
  WHERE __WHOLE(n)__ AND n.first_seen <= $as_of AND __SURE__
  RETURN count(n) AS count, __MEASURES__ AS measures
}
RETURN count, measures, COLLECT {
  MATCH (n:__LABEL__)
  WHERE __WHOLE(n)__ AND n.first_seen <= $as_of AND __SURE__
  __GROUP_ROWS__
  WITH key, count(n) AS things, __MEASURES__ AS their_measures
  ORDER BY things DESC, key LIMIT $group_limit
  RETURN {key: key, count: things, measures: their_measures}
} AS groups,
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
