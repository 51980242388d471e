// The relations of some nodes of one type, as far as the reader may see them.
// Parameters: $ids (node ids), $relations (relation types), $direction (OUT, IN or ANY, seen from the
// node), $as_of (ISO date), $after (sort key of the last relation seen, '' for none), $limit (rows
// per node), $partly_limit (rows per node), $regions (regions the reader may see).
// Returns id, withheld (relations the reader may not see), whole (relations in order of their sort
// key, of which everything is visible), partly (relations of which some records are not visible, with
// the visible records, whatever their date and key: they are judged on what is visible).
// Bound: $limit + $partly_limit relations per node.
UNWIND $ids AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN n.id AS id,
COUNT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($direction = 'ANY' OR ($direction = 'OUT') = (startNode(r) = n))
    AND NOT (any(region IN r.regions WHERE region IN $regions)
             AND any(region IN m.regions WHERE region IN $regions))
} AS withheld,
COLLECT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($direction = 'ANY' OR ($direction = 'OUT') = (startNode(r) = n))
    AND all(region IN r.regions WHERE region IN $regions)
    AND all(region IN m.regions WHERE region IN $regions)
    AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
    AND m.first_seen <= $as_of
  WITH r, m, startNode(r) = n AS is_out
  WITH r, m, is_out,
       type(r) + ' ' + CASE WHEN is_out THEN 'OUT' ELSE 'IN' END + ' ' + m.id + ' '
       + coalesce(r.role, '') AS key
  WHERE key > $after
  RETURN {type: type(r), is_out: is_out, relation: properties(r), relation_said: [],
          other_type: head(labels(m)), other: properties(m), other_said: []}
  ORDER BY key LIMIT $limit
} AS whole,
COLLECT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($direction = 'ANY' OR ($direction = 'OUT') = (startNode(r) = n))
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
    AND NOT (all(region IN r.regions WHERE region IN $regions)
             AND all(region IN m.regions WHERE region IN $regions))
  WITH n, r, m ORDER BY m.id, type(r) LIMIT $partly_limit
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
