// Things that some things are related to by one relation type in one direction.
// Places: LABEL (type of the things), ARROW (the relation r), FAR (type of the things n at its other
// end), APART (what tells parallel relations apart), SURE (those that surely match) and DOUBTFUL
// (those that may, and must be judged).
// Parameters: $ids (node ids), $as_of (ISO date), $after_id and $after_apart (id and key of the last
// relation seen, '' for none), $limit (rows per thing), $doubtful_limit (rows per thing), $regions
// (regions the reader may see), and the values of the places.
// Returns id, withheld (relations the reader may not see), sure (relations in order of the far id),
// doubtful (relations that must be judged, with the visible records where others spoke too).
// Bound: $limit + $doubtful_limit relations per thing.
UNWIND $ids AS id
MATCH (p:__LABEL__ {id: id})
WHERE __VISIBLE(p)__
RETURN p.id AS id,
COUNT {
  MATCH (p)__ARROW__(n:__FAR__)
  WHERE NOT (__VISIBLE(r)__ AND __VISIBLE(n)__)
} AS withheld,
COLLECT {
  MATCH (p)__ARROW__(n:__FAR__)
  WHERE __SURE__
    AND (n.id + '' > $after_id OR (n.id = $after_id AND __APART__ > $after_apart))
  WITH r, n, __APART__ AS apart ORDER BY n.id + '', apart LIMIT $limit
  RETURN {relation: properties(r), stored: properties(n)}
} AS sure,
COLLECT {
  MATCH (p)__ARROW__(n:__FAR__)
  WHERE __DOUBTFUL__
  WITH r, n, __APART__ AS apart ORDER BY n.id + '', apart LIMIT $doubtful_limit
  RETURN {relation: properties(r), relation_said: COLLECT {
    UNWIND CASE WHEN __WHOLE(r)__ THEN [] ELSE r.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }, stored: properties(n), said: COLLECT {
    UNWIND CASE WHEN __WHOLE(n)__ THEN [] ELSE n.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS doubtful
