// Purpose: test reports shown by several merchants, with who may rightly show each.
// Parameters: as_of (ISO date), hubs (ids held harmless), min_outsiders (merchants).
// Returns: report {id, report_no, client_name, manufacturer_name, records, regions},
//   insiders [{id, name}] (client, makers of the tested product, holders of certificates shown with
//   it for the same maker), allowed [ids authorised by or tied to insiders, two steps],
//   uses [{merchant_id, name, role, listing_id, makers, records, regions}].
// Bound: one row per report that at least min_outsiders merchants show; hundreds to thousands.
MATCH (t:TestReport)<-[s:SHOWS_REPORT]-(:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [s, l, o] WHERE x.first_seen <= $as_of
  AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH t, count(DISTINCT m) AS merchants
WHERE merchants >= $min_outsiders AND NOT t.id IN $hubs
OPTIONAL CALL (t) {
  MATCH (t)-[c:COMMISSIONED_BY]->(i:Merchant)
  WHERE c.first_seen <= $as_of AND (c.end_seen IS NULL OR c.end_seen > $as_of)
  RETURN i
  UNION
  MATCH (t)-[f:REPORT_ON]->(:Product)-[c:MADE_BY]->(i:Merchant)
  WHERE all(x IN [f, c] WHERE x.first_seen <= $as_of
    AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  RETURN i
  UNION
  MATCH (t)<-[s:SHOWS_REPORT]-(:Listing)-[w:SHOWS_CERTIFICATE]->(cert:Certificate)
        -[h:HELD_BY]->(i:Merchant)
  WHERE cert.manufacturer_name = t.manufacturer_name
    AND all(x IN [s, w, h] WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  RETURN i
}
WITH t, collect(DISTINCT i) AS insiders
OPTIONAL CALL (insiders) {
  UNWIND insiders AS i
  MATCH (i)-[path:AUTHORISES*1..2]->(x:Merchant)
  WHERE all(r IN path WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN x.id AS allowed_id
  UNION
  UNWIND insiders AS i
  MATCH (i)-[path:PARENT_OF*1..2]-(x:Merchant)
  WHERE all(r IN path WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN x.id AS allowed_id
}
WITH t, insiders, collect(DISTINCT allowed_id) AS allowed
MATCH (t)<-[s:SHOWS_REPORT]-(g:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [s, l, o] WHERE x.first_seen <= $as_of
    AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  AND NOT m IN insiders AND NOT m.id IN allowed
WITH t, insiders, allowed, s, g, l, o, m,
  COLLECT {
    MATCH (g)-[f:OF_PRODUCT]->(:Product)-[c:MADE_BY]->(maker:Merchant)
    WHERE all(x IN [f, c] WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT maker.id
  } AS makers
ORDER BY m.id, g.id
RETURN {id: t.id, report_no: t.report_no, client_name: t.client_name,
    manufacturer_name: t.manufacturer_name, records: t.records, regions: t.regions} AS report,
  [i IN insiders | {id: i.id, name: i.name}] AS insiders, allowed,
  collect({merchant_id: m.id, name: m.name, role: m.role, listing_id: g.id, makers: makers,
    records: s.records + l.records + o.records,
    regions: s.regions + l.regions + o.regions}) AS uses
ORDER BY report.id
