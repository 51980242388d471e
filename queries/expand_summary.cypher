// How many relations of each kind some nodes of one type have, as far as the reader may see them.
// Parameters: $ids (node ids), $as_of (ISO date), $relations (relation types), $partly_limit (rows per
// node), $scan_limit (relations read per node), $scan_stop (that and one), $regions (regions the
// reader may see).
// Returns id, scanned and withheld (see expand.cypher), whole (type, is_out, other_type, and their
// number among relations of which everything is visible), partly (relations of which some records are
// not visible, as in expand.cypher: they are judged on what is visible).
// Bound: $scan_limit relations read, the ontology's relations + $partly_limit returned per node.
UNWIND $ids AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
CALL (n) {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m LIMIT $scan_stop
  RETURN collect([r, m]) AS seen
}
RETURN n.id AS id, size(seen) AS scanned,
CASE WHEN COUNT { (n)--() } <= $scan_limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND NOT (any(region IN r.regions WHERE region IN $regions)
             AND any(region IN m.regions WHERE region IN $regions))
} END AS withheld,
COLLECT {
  UNWIND seen[..$scan_limit] AS pair
  WITH pair[0] AS r, pair[1] AS m
  WHERE all(region IN r.regions WHERE region IN $regions)
    AND all(region IN m.regions WHERE region IN $regions)
    AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
    AND m.first_seen <= $as_of
  WITH type(r) AS type, startNode(r) = n AS is_out, head(labels(m)) AS other_type, count(*) AS number
  RETURN {type: type, is_out: is_out, other_type: other_type, number: number}
} AS whole,
COLLECT {
  UNWIND seen[..$scan_limit] AS pair
  WITH pair[0] AS r, pair[1] AS m
  WHERE NOT (all(region IN r.regions WHERE region IN $regions)
             AND all(region IN m.regions WHERE region IN $regions))
  WITH r, m ORDER BY m.id, type(r) LIMIT $partly_limit
  RETURN {type: type(r), is_out: startNode(r) = n, relation: properties(r), relation_said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: head(labels(m)), other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS partly
