// The yardstick: the store's own shortest way between two merchants, whoever may see it, hubs and all.
// Parameters: $start, $end (node ids).
// Returns hops. Bound: one row; at most 6 hops.
MATCH (a:Merchant {id: $start})
MATCH (b:Merchant {id: $end})
MATCH way = shortestPath((a)-[*..6]-(b))
RETURN length(way) AS hops
