// Things that some things are related to by one relation type in one direction.
// Places: LABEL (type of the things), ARROW (the relation r), FAR (type of the things n at its other
// end), APART (what tells parallel relations apart), WITHHELD (how many the reader may not see, or 0
// where nobody asks), SURE (those that surely match), ITEM (what is returned of one of these) and
// DOUBTFUL (those that may match, and must be judged).
// Parameters: $ids (node ids), $as_of (ISO date), $after_id and $after_apart (id and key of the last
// relation seen, '' for none), $limit (rows per thing), $doubtful_limit (rows per thing), $regions
// (regions the reader may see), and the values of the places.
// Returns found, one list for all things, as a record for each would be sent by itself: rows of id,
// withheld, sure (relations in order of the far id: each as a row of APART and what is wanted of the
// thing at its end, or all that is stored of both) and doubtful (relations that must be judged, with
// the visible records where others spoke too).
// Bound: $limit + $doubtful_limit relations per thing.
UNWIND $ids AS id
MATCH (p:__LABEL__ {id: id})
WHERE __VISIBLE(p)__
WITH p.id AS id,
__WITHHELD__ AS withheld,
COLLECT {
  MATCH (p)__ARROW__(n:__FAR__)
  WHERE __SURE__
    AND (n.id + '' > $after_id OR (n.id = $after_id AND __APART__ > $after_apart))
  WITH r, n, __APART__ AS apart ORDER BY n.id + '', apart LIMIT $limit
  RETURN __ITEM__
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
RETURN collect([id, withheld, sure, doubtful]) AS found
