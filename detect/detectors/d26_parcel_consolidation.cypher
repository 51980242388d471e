// Purpose: courier accounts under which several merchants send, and merchants whose parcels are first
//   scanned in another province than they claim.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_subjects and max_holders
//   (merchants on one account), min_parcels (parcels), min_share (share, 0..1).
// Returns: kind (account or origin), subjects (merchants), identifier_id (account or merchant),
//   holders [{id, name, division, classes, ties, records, regions}], parcels and elsewhere (parcels in
//   all, and first scanned in a province neither claimed nor among the merchant's ship-from places),
//   from_date (first day counted).
// Bound: one row per account with min_subjects..max_holders merchants, or merchant with min_share;
//   hundreds at most.
// The relation is gone through in the order in which it lies on disk (docs/adr/0016).
MATCH (everyone:Merchant) WHERE everyone.first_seen <= $as_of
WITH count(everyone) AS subjects
MATCH ()-[r:SENDS_WITH]->(account)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, account, count(r) AS holders
WHERE holders >= $min_subjects AND holders <= $max_holders AND NOT account.id IN $hubs
MATCH (account)<-[r:SENDS_WITH]-(m:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, account, r, m,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties
ORDER BY m.id
RETURN 'account' AS kind, subjects, account.id AS identifier_id,
  collect({id: m.id, name: m.name, division: m.division, classes: [m.product_class],
    ties: ties, records: r.records, regions: r.regions}) AS holders,
  0 AS parcels, 0 AS elsewhere, null AS from_date
UNION ALL
MATCH (m:Merchant)-[d:DISPATCHES]->(w:WaybillAggregate)
WHERE w.claimed_origin IS NOT NULL AND w.first_scan_division IS NOT NULL
  AND w.period_start >= toString(date($as_of) - duration({days: 90})) AND w.period_start <= $as_of
  AND d.first_seen <= $as_of AND (d.end_seen IS NULL OR d.end_seen > $as_of)
WITH m, collect({w: w, d: d}) AS sent, sum(coalesce(w.parcels, 1)) AS parcels,
  min(w.period_start) AS from_date
WHERE parcels >= $min_parcels AND NOT m.id IN $hubs
WITH m, sent, parcels, from_date,
  COLLECT {
    MATCH (m)-[s:SHIPS_FROM]->(place:Address)
    WHERE place.division IS NOT NULL
      AND s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
    RETURN DISTINCT substring(place.division, 0, 2)
  } AS warehouses
WITH m, sent, parcels, from_date, [x IN sent
  WHERE substring(x.w.first_scan_division, 0, 2) <> substring(x.w.claimed_origin, 0, 2)
    AND NOT substring(x.w.first_scan_division, 0, 2) IN warehouses] AS odd
WITH m, sent, parcels, from_date, odd,
  reduce(n = 0, x IN odd | n + coalesce(x.w.parcels, 1)) AS elsewhere
WHERE elsewhere >= $min_share * parcels
RETURN 'origin' AS kind, 0 AS subjects, m.id AS identifier_id,
  [x IN odd | {id: m.id, name: m.name, division: m.division, classes: [m.product_class], ties: [],
    records: x.w.records + x.d.records, regions: x.w.regions + x.d.regions}] AS holders,
  parcels, elsewhere, from_date
