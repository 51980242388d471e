// Purpose: certificates shown on listings whose maker or model is not, by the letter, the certificate's.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: certificate {id, certificate_no, holder_name, manufacturer_name, models, records, regions},
//   holders [{id, name}], allowed [{id, name}] (authorised by or authorising a holder within two
//   steps, its parents, branches and siblings), uses [{merchant_id, name, listing_id,
//   shown_manufacturer, model, makers [{id, name}], records, regions}].
// Bound: one row per certificate with such a listing; hundreds to a few thousand.
// The relation is gone through in the order in which it lies on disk (docs/adr/0016).
MATCH (g)-[s:SHOWS_CERTIFICATE]->(c)
WHERE s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
WITH c, s, g,
  COLLECT {
    MATCH (g)-[f:OF_PRODUCT]->(p:Product)
    WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
    RETURN p
  } AS products
WITH c, s, g, products, coalesce(g.shown_model, head([p IN products | p.model])) AS model,
  COLLECT {
    UNWIND products AS p
    MATCH (p)-[b:MADE_BY]->(maker:Merchant)
    WHERE b.first_seen <= $as_of AND (b.end_seen IS NULL OR b.end_seen > $as_of)
    RETURN {id: maker.id, name: maker.name, records: b.records, regions: b.regions}
  } AS makers
WHERE NOT (
  coalesce(g.shown_manufacturer IN [c.holder_name, c.manufacturer_name], true)
  AND all(x IN makers WHERE x.name IN [c.holder_name, c.manufacturer_name])
  AND coalesce(c.models CONTAINS model, true))
WITH c, collect({s: s, g: g, model: model, makers: makers, products: products}) AS shown
WHERE NOT c.id IN $hubs
WITH c, shown,
  COLLECT {
    MATCH (c)-[h:HELD_BY]->(holder:Merchant)
    WHERE h.first_seen <= $as_of AND (h.end_seen IS NULL OR h.end_seen > $as_of)
    RETURN holder
  } AS holders
OPTIONAL CALL (holders) {
  UNWIND holders AS h
  MATCH (h)-[path:AUTHORISES*1..2]->(x:Merchant)
  WHERE all(r IN path WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN x
  UNION
  UNWIND holders AS h
  MATCH (h)<-[path:AUTHORISES*1..2]-(x:Merchant)
  WHERE all(r IN path WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN x
  UNION
  UNWIND holders AS h
  MATCH (h)-[path:PARENT_OF*1..2]-(x:Merchant)
  WHERE all(r IN path WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN x
}
WITH c, shown, holders, collect(DISTINCT CASE WHEN x IS NOT NULL THEN {id: x.id, name: x.name} END) AS allowed
UNWIND shown AS u
WITH c, holders, allowed, u, u.g AS g
MATCH (m:Merchant)-[o:OPERATES]->(:Store)-[l:LISTS]->(g)
WHERE all(x IN [o, l] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH c, holders, allowed, u, g, o, l, m ORDER BY m.id, g.id
RETURN {id: c.id, certificate_no: c.certificate_no, holder_name: c.holder_name,
    manufacturer_name: c.manufacturer_name, models: c.models, records: c.records,
    regions: c.regions} AS certificate,
  [h IN holders | {id: h.id, name: h.name}] AS holders, allowed,
  collect({merchant_id: m.id, name: m.name, listing_id: g.id,
    shown_manufacturer: g.shown_manufacturer, model: u.model,
    makers: [x IN u.makers | {id: x.id, name: x.name}],
    records: o.records + l.records + u.s.records + g.records
      + reduce(all = [], x IN u.makers | all + x.records),
    regions: o.regions + l.regions + u.s.regions + g.regions
      + reduce(all = [], x IN u.makers | all + x.regions)}) AS uses
ORDER BY certificate.id
