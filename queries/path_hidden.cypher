// How short the shortest way between two visible nodes is, whoever may see it: only this number is
// compared, and nothing of the way is told.
// Parameters: $from, $to (node ids), $relations (relation types), $as_of (ISO date, null for
// whenever), $hub_limit (things with more holders are no way; null for none), $without (node ids that
// are no way), $regions (regions the reader may see).
// Returns shortest (hops). Bound: one row; at most __HOPS__ hops.
MATCH (a:__LABEL__ {id: $from})
MATCH (b:__OTHER__ {id: $to})
WHERE any(region IN a.regions WHERE region IN $regions)
  AND any(region IN b.regions WHERE region IN $regions)
MATCH way = shortestPath((a)-[*..__HOPS__]-(b))
WHERE all(r IN relationships(way) WHERE type(r) IN $relations
          AND ($as_of IS NULL OR (r.first_seen <= $as_of
                                  AND (r.end_seen IS NULL OR r.end_seen > $as_of))))
  AND all(n IN nodes(way) WHERE n = a OR n = b OR (NOT n.id IN $without
          AND ($hub_limit IS NULL OR COUNT { (n)<--() } <= $hub_limit)))
RETURN length(way) AS shortest
