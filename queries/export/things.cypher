// Things of one type in the order of their ids, as far as the reader may see them and something may hold
// of them.
// Places: LABEL, HINT (the index to read in order), AFTER (things after the last one read), POSSIBLE (of
// things of which the reader sees all that is said: what holds, or must be judged), DOUBTFUL (whether it
// must be judged), PARTLY (the same of the others, which are judged always).
// Parameters: $as_of (ISO date), $limit (rows), $regions (regions the reader may see), and the values of
// the places.
// Returns type, stored (all properties), said (retrieved at, id and payload of the visible records;
// empty when every region that speaks of the thing is visible), is_doubtful. Bound: $limit.
MATCH (n:__LABEL__) __HINT__
WHERE __AFTER__ AND __VISIBLE(n)__ AND n.first_seen <= $as_of
  AND CASE WHEN __WHOLE(n)__ THEN coalesce(__POSSIBLE__, false) ELSE coalesce(__PARTLY__, false) END
WITH n, NOT __WHOLE(n)__ OR coalesce(__DOUBTFUL__, false) AS is_doubtful ORDER BY n.id LIMIT $limit
RETURN '__LABEL__' AS type, properties(n) AS stored, is_doubtful, COLLECT {
  UNWIND CASE WHEN __WHOLE(n)__ THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
ORDER BY stored.id
