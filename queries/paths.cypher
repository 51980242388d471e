// The shortest ways between two visible nodes that never touch what the reader may not see.
// Parameters: $from, $to (node ids), $relations (relation types), $max_hops (1..6), $limit (ways),
// $regions (regions the reader may see).
// Returns ways (node ids and relations of each, in order of their node ids) and shortest (hops of the
// shortest way whoever may see it, null when there is none).
// Bound: $limit ways of at most 6 hops.
MATCH (a:__LABEL__ {id: $from})
MATCH (b:__OTHER__ {id: $to})
WHERE any(region IN a.regions WHERE region IN $regions)
  AND any(region IN b.regions WHERE region IN $regions)
CALL (a, b) {
  OPTIONAL MATCH way = shortestPath((a)-[*..6]-(b))
  WHERE all(r IN relationships(way) WHERE type(r) IN $relations)
  RETURN length(way) AS shortest
}
CALL (a, b) {
  MATCH way = allShortestPaths((a)-[*..6]-(b))
  WHERE all(r IN relationships(way) WHERE type(r) IN $relations
            AND any(region IN r.regions WHERE region IN $regions))
    AND all(n IN nodes(way) WHERE any(region IN n.regions WHERE region IN $regions))
  WITH way, [n IN nodes(way) | n.id] AS ids,
       [r IN relationships(way) | type(r) + coalesce(r.role, '')] AS types
  WHERE length(way) <= $max_hops
  ORDER BY ids, types LIMIT $limit
  RETURN collect({ids: ids, relations: COLLECT {
    UNWIND relationships(way) AS r
    RETURN {type: type(r), start: startNode(r).id, end: endNode(r).id, stored: properties(r), said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
  }}) AS ways
}
RETURN ways, CASE WHEN shortest <= $max_hops THEN shortest END AS shortest
