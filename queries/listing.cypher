// Things of one type in an order, as far as the reader may see them.
// Places: LABEL, HINT (the index to go on in), AFTER (things after the last one seen), POSSIBLE (things that may match, of those of
// which the reader sees all that is said), ITEM (what is returned of one of these), PARTLY (things that
// may match, of the others), ORDER.
// Parameters: $as_of (ISO date), $limit (rows in order), $partly_limit (rows of the others), $regions
// (regions the reader may see), and the values of the places.
// Returns whole (things in order, each as a row of what is wanted; or all that is stored of it, and
// whether it must be judged by what is visible around it), partly (things of which others spoke too, wherever
// they stand in the order, with the visible records: they are judged on what is visible).
// Bound: $limit + $partly_limit things.
RETURN COLLECT {
  MATCH (n:__LABEL__) __HINT__
  WHERE __AFTER__ AND __WHOLE(n)__ AND n.first_seen <= $as_of AND __POSSIBLE__
  WITH n ORDER BY __ORDER__ LIMIT $limit
  RETURN __ITEM__
} AS whole,
COLLECT {
  MATCH (n:__LABEL__)
  WHERE size(n.regions) > 1 AND __VISIBLE(n)__ AND NOT __WHOLE(n)__ AND __PARTLY__
  WITH n ORDER BY n.id LIMIT $partly_limit
  RETURN {stored: properties(n), said: COLLECT {
    UNWIND n.records AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS partly
