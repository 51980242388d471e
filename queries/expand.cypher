// The relations of some nodes of one type, as far as the reader may see them.
// Parameters: $ids (node ids), $relations (relation types), $node_types (types of the other end, null
// for all), $direction (OUT, IN or ANY, seen from the node), $as_of (ISO date), $after (sort key of
// the last relation seen, '' for none), $hubs (node ids that are left out), $hub_limit (things with
// more visible holders are left out; null for none), $hub_stop (holders counted: the limit and one),
// $limit (rows per node), $partly_limit (rows per node), $scan_limit (relations read per node),
// $scan_stop (that and one), $regions (regions the reader may see).
// Returns id, scanned (visible relations read, at most $scan_stop), withheld (relations the reader may
// not see; null for a node with more than $scan_limit relations, where they are not counted), whole
// (relations in order of their sort key, of which everything is visible), partly (relations of which
// some records are not visible, with the visible records, whatever their date and key: they are judged
// on what is visible). Bound: $scan_limit relations read, $limit + $partly_limit returned per node.
UNWIND $ids AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
CALL (n) {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($direction = 'ANY' OR ($direction = 'OUT') = (startNode(r) = n))
    AND ($node_types IS NULL OR head(labels(m)) IN $node_types)
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m LIMIT $scan_stop
  RETURN collect([r, m]) AS seen
}
RETURN n.id AS id, size(seen) AS scanned,
CASE WHEN COUNT { (n)--() } <= $scan_limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($direction = 'ANY' OR ($direction = 'OUT') = (startNode(r) = n))
    AND ($node_types IS NULL OR head(labels(m)) IN $node_types)
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
  WITH r, m, startNode(r) = n AS is_out
  WITH r, m, is_out,
       type(r) + ' ' + CASE WHEN is_out THEN 'OUT' ELSE 'IN' END + ' ' + m.id + ' '
       + coalesce(r.role, '') AS key
  WHERE key > $after
  WITH r, m, is_out, key ORDER BY key
  WHERE $hub_limit IS NULL OR (NOT m.id IN $hubs AND COUNT {
    MATCH (m)<-[held]-(holder)
    WHERE any(region IN held.regions WHERE region IN $regions)
      AND any(region IN holder.regions WHERE region IN $regions)
    RETURN 1 AS one LIMIT $hub_stop
  } <= $hub_limit)
  RETURN {type: type(r), is_out: is_out, relation: properties(r), relation_said: [],
          other_type: head(labels(m)), other: properties(m), other_said: []}
  LIMIT $limit
} AS whole,
COLLECT {
  UNWIND seen[..$scan_limit] AS pair
  WITH pair[0] AS r, pair[1] AS m
  WHERE NOT (all(region IN r.regions WHERE region IN $regions)
             AND all(region IN m.regions WHERE region IN $regions))
  WITH r, m ORDER BY m.id, type(r)
  WHERE $hub_limit IS NULL OR (NOT m.id IN $hubs AND COUNT {
    MATCH (m)<-[held]-(holder)
    WHERE any(region IN held.regions WHERE region IN $regions)
      AND any(region IN holder.regions WHERE region IN $regions)
    RETURN 1 AS one LIMIT $hub_stop
  } <= $hub_limit)
  WITH r, m LIMIT $partly_limit
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
