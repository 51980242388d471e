// What each merchant of a list makes, sells, ships and controls, as of a date, and what shows it.
// Parameters: $members (merchant node ids), $as_of (ISO date), $shown (things named per fact).
// Returns one row per merchant: id, its declared_role, division, uscc, regions and records, and per fact a
// list [count, things], things being the first $shown as {id, records of the relation}; children likewise.
// Bound: one row per member of a published cluster.
UNWIND $members AS id
MATCH (m:Merchant {id: id})
RETURN id,
       coalesce(m.role, '') AS declared_role,
       coalesce(m.division, '') AS division,
       coalesce(m.uscc, '') AS uscc,
       m.regions AS regions,
       m.records AS records,
       [COUNT { (m)<-[:MADE_BY]-(:Product) }, COLLECT {
         MATCH (m)<-[r:MADE_BY]-(x:Product) RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT $shown
       }] AS products_made,
       [COUNT { (m)<-[:HELD_BY]-(:Certificate) }, COLLECT {
         MATCH (m)<-[r:HELD_BY]-(x:Certificate) RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT $shown
       }] AS certificates_held,
       [COUNT { (m)-[r:OPERATES]->(:Store) WHERE r.first_seen <= $as_of
               AND (r.end_seen IS NULL OR r.end_seen > $as_of) }, COLLECT {
         MATCH (m)-[r:OPERATES]->(x:Store) WHERE r.first_seen <= $as_of
           AND (r.end_seen IS NULL OR r.end_seen > $as_of)
         RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT $shown
       }] AS stores,
       [COUNT { (m)-[:OPERATES_ROOM]->(:LiveRoom) }, COLLECT {
         MATCH (m)-[r:OPERATES_ROOM]->(x:LiveRoom) RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT $shown
       }] AS live_rooms,
       [COUNT { (m)-[:DISPATCHES]->(:WaybillAggregate) }, COLLECT {
         MATCH (m)-[r:DISPATCHES]->(x:WaybillAggregate)
         RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT $shown
       }] AS waybill_aggregates,
       COLLECT {
         MATCH (m)-[r:PARENT_OF]->(x:Merchant) WHERE r.first_seen <= $as_of
           AND (r.end_seen IS NULL OR r.end_seen > $as_of)
         RETURN {id: x.id, records: r.records} ORDER BY x.id LIMIT 1000
       } AS children
