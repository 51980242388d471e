// What records of some days say about a thing and its relations, as far as the reader may see them.
// Parameters: $id (node id), $relations (relation types), $from (ISO date, exclusive), $to (ISO date,
// inclusive), $scan_limit (relations read), $scan_stop (that and one), $limit (relations returned),
// $record_limit (records of the thing, latest first), $regions (regions the reader may see).
// Returns type, stored and said of the thing (see nodes.cypher), records (all its visible records:
// retrieved at, id, payload), scanned (visible relations read), steps (relations that a visible record
// of these days speaks of, in order of the other end; as in expand.cypher, but relation_said holds all
// visible records), withheld (relations the reader may not see, null beyond $scan_limit).
// Bound: $limit relations.
MATCH (n:__LABEL__ {id: $id})
WHERE any(region IN n.regions WHERE region IN $regions)
CALL (n) {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m LIMIT $scan_stop
  RETURN collect([r, m]) AS seen
}
RETURN '__LABEL__' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said,
COLLECT {
  UNWIND n.records AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  WITH record ORDER BY record.retrieved_at DESC, record.id LIMIT $record_limit
  RETURN [record.retrieved_at, record.id, record.payload]
} AS records,
size(seen) AS scanned,
COLLECT {
  UNWIND seen[..$scan_limit] AS pair
  WITH pair[0] AS r, pair[1] AS m
  WHERE EXISTS {
    UNWIND r.records AS record_id
    MATCH (record:Record {id: record_id})
    WHERE record.region IN $regions
      AND substring(record.retrieved_at, 0, 10) > $from
      AND substring(record.retrieved_at, 0, 10) <= $to
  }
  WITH r, m ORDER BY m.id, type(r), coalesce(r.role, '') LIMIT $limit
  RETURN {type: type(r), is_out: startNode(r) = n, relation: properties(r), relation_said: COLLECT {
      UNWIND r.records AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: head(labels(m)), other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS steps,
CASE WHEN COUNT { (n)--() } <= $scan_limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND NOT (any(region IN r.regions WHERE region IN $regions)
             AND any(region IN m.regions WHERE region IN $regions))
} END AS withheld
