// Purpose: stores that a penalty or a platform closed, and stores that other merchants opened soon
//   after, where the two merchants share identifiers.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), window_d (days between
//   closing and opening), max_holders (merchants on one identifier).
// Returns: closed {store_id, merchant_id, name, closed_on, close_reason, records, regions}, opened
//   {store_id, merchant_id, name, opened_on, ties, records, regions}, shared [{id, kind, records,
//   regions}] (identifiers of both; kind is the relation).
// Bound: one row per closed and opened store of two merchants with a shared identifier; hundreds.
MATCH (old:Merchant)-[o:OPERATES]->(closed:Store)
WHERE closed.close_reason IN ['penalty', 'platform'] AND closed.closed_on IS NOT NULL
  AND closed.closed_on <= $as_of
  AND closed.closed_on >= toString(date($as_of) - duration({days: 365}))
  AND closed.first_seen <= $as_of AND o.first_seen <= $as_of
MATCH (old)-[a:PAID_TO|USES_PHONE|SHIPS_FROM|RETURNS_TO|SENDS_WITH|USES_DEVICE]->(key)
WHERE coalesce(key.is_linkable, true) AND a.first_seen <= $as_of AND NOT key.id IN $hubs
WITH old, o, closed, key, a
WHERE COUNT {
    MATCH (key)<-[h:PAID_TO|USES_PHONE|SHIPS_FROM|RETURNS_TO|SENDS_WITH|USES_DEVICE]-(:Merchant)
    WHERE h.first_seen <= $as_of AND (h.end_seen IS NULL OR h.end_seen > $as_of)
  } <= $max_holders
MATCH (key)<-[b:PAID_TO|USES_PHONE|SHIPS_FROM|RETURNS_TO|SENDS_WITH|USES_DEVICE]-(new:Merchant)
WHERE new <> old AND b.first_seen <= $as_of AND (b.end_seen IS NULL OR b.end_seen > $as_of)
MATCH (new)-[p:OPERATES]->(opened:Store)
WHERE opened.opened_on >= closed.closed_on AND opened.opened_on <= $as_of
  AND duration.inDays(date(closed.closed_on), date(opened.opened_on)).days <= $window_d
  AND p.first_seen <= $as_of AND (p.end_seen IS NULL OR p.end_seen > $as_of)
WITH old, o, closed, new, p, opened,
  collect(DISTINCT {id: key.id, kind: type(b), records: a.records + b.records,
    regions: a.regions + b.regions}) AS shared,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(new)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties
RETURN {store_id: closed.id, merchant_id: old.id, name: old.name, closed_on: closed.closed_on,
    close_reason: closed.close_reason, records: o.records + closed.records,
    regions: o.regions + closed.regions} AS closed,
  {store_id: opened.id, merchant_id: new.id, name: new.name, opened_on: opened.opened_on,
    ties: ties, records: p.records + opened.records,
    regions: p.regions + opened.regions} AS opened, shared
ORDER BY closed.store_id, opened.store_id
