// Purpose: producers whose products failed several spot checks.
// Parameters: as_of (ISO date), hubs (ids held harmless), window_d (days).
// Returns: producer {id, name}, product_class, checks [{id, checked_on, division, product_id, items,
//   seller_ids, is_own, records, regions}]; items is the text of failed items, is_own says that a
//   seller sampled is the producer, its branch, or authorised by it within two steps.
// Bound: one row per producer and class with two failures; hundreds.
MATCH (s:SpotCheck)-[c:CHECKS]->(p:Product)-[b:MADE_BY]->(producer:Merchant)
WHERE s.is_pass = false AND s.checked_on <= $as_of
  AND s.checked_on >= toString(date($as_of) - duration({days: toInteger($window_d)}))
  AND all(x IN [c, b] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH producer, coalesce(p.product_class, s.product_class) AS product_class,
  collect({s: s, p: p, c: c, b: b}) AS failures
WHERE size(failures) >= 2 AND NOT producer.id IN $hubs
UNWIND failures AS x
WITH producer, product_class, x, x.s AS s
WITH producer, product_class, x, s,
  COLLECT {
    MATCH (s)-[f:SAMPLED_FROM]->(seller:Merchant)
    WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
    RETURN seller
  } AS sellers
WITH producer, product_class, x, s, sellers,
  any(seller IN sellers WHERE seller = producer
    OR EXISTS {
      MATCH (producer)-[path:AUTHORISES|PARENT_OF*1..2]->(seller)
      WHERE all(r IN path WHERE r.first_seen <= $as_of
        AND (r.end_seen IS NULL OR r.end_seen > $as_of)) }) AS is_own
ORDER BY s.checked_on, s.id
RETURN {id: producer.id, name: producer.name} AS producer, product_class,
  collect({id: s.id, checked_on: s.checked_on, division: s.division, product_id: x.p.id,
    items: s.failed_items, seller_ids: [m IN sellers | m.id], is_own: is_own,
    records: s.records + x.c.records + x.b.records,
    regions: s.regions + x.c.regions + x.b.regions}) AS checks
ORDER BY producer.id, product_class
