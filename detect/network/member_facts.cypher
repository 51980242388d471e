// What each merchant of a list makes, sells and ships, as of a date.
// Parameters: $members (merchant node ids), $as_of (ISO date).
// Returns one row per merchant: id, declared_role, and counts.
// Bound: one row per member of a published cluster.
UNWIND $members AS id
MATCH (m:Merchant {id: id})
RETURN id,
       coalesce(m.role, '') AS declared_role,
       coalesce(m.division, '') AS division,
       m.regions AS regions,
       COUNT { (m)<-[:MADE_BY]-(:Product) } AS products_made,
       COUNT { (m)<-[:HELD_BY]-(:Certificate) } AS certificates_held,
       COUNT { (m)-[r:OPERATES]->(:Store) WHERE r.first_seen <= $as_of
               AND (r.end_seen IS NULL OR r.end_seen > $as_of) } AS stores,
       COUNT { (m)-[:OPERATES_ROOM]->(:LiveRoom) } AS live_rooms,
       COUNT { (m)-[:DISPATCHES]->(:WaybillAggregate) } AS waybill_aggregates
