// Things of one type in the order of their ids, as far as the reader may see them.
// Parameters: $after (id of the last thing read, '' for none), $limit (rows), $regions (regions the
// reader may see).
// Returns type, stored (all properties), said (retrieved at, id and payload of the visible records;
// empty when every region that speaks of the thing is visible). Bound: $limit.
MATCH (n:__LABEL__)
WHERE n.id > $after AND any(region IN n.regions WHERE region IN $regions)
WITH n ORDER BY n.id LIMIT $limit
RETURN '__LABEL__' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
ORDER BY stored.id
