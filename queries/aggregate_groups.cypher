// Some groups of things of one type: those that a bound left out, and to which judged things belong.
// Places: LABEL, SURE (as in listing_count), GROUP_ROWS and MEASURES (as in aggregate).
// Parameters: $as_of (ISO date), $keys (keys of the groups), $regions (regions the reader may see), and
// the values of the places.
// Returns groups (key, count and measures, of things that surely match; none of a group without such).
// Bound: as many groups as $keys.
RETURN COLLECT {
  MATCH (n:__LABEL__)
  WHERE __WHOLE(n)__ AND n.first_seen <= $as_of AND __SURE__
  __GROUP_ROWS__
  WITH n, key WHERE __KEY_IN__
  WITH key, count(n) AS things, __MEASURES__ AS their_measures
  RETURN {key: key, count: things, measures: their_measures}
} AS groups
