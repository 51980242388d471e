// Purpose: certificate, licence and CMA numbers as shown on listings that no register in the graph
//   knows, for a check of their form.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: as_of, field (ccc, licence or cma), raw (the number as shown), uses [{merchant_id, name,
//   listing_id, product_class, records, regions}].
// Bound: one row per different unknown number; thousands at most.
MATCH (lab:TestLab) WHERE lab.cma_no IS NOT NULL
WITH collect(DISTINCT lab.cma_no) AS known_cma
MATCH (g:Listing)
WHERE (g.shown_certificate_no IS NOT NULL OR g.shown_licence_no IS NOT NULL
    OR g.shown_cma_no IS NOT NULL)
  AND coalesce(g.delisted_on > $as_of, true) AND NOT g.id IN $hubs
UNWIND [
  {field: 'ccc', raw: g.shown_certificate_no}, {field: 'licence', raw: g.shown_licence_no},
  {field: 'cma', raw: g.shown_cma_no}] AS shown
WITH known_cma, g, shown
WHERE shown.raw IS NOT NULL AND NOT (shown.field = 'cma' AND shown.raw IN known_cma)
  AND NOT (shown.field = 'ccc' AND EXISTS {
    MATCH (g)-[w:SHOWS_CERTIFICATE]->(c:Certificate)
    WHERE c.certificate_no = shown.raw AND w.first_seen <= $as_of
      AND (w.end_seen IS NULL OR w.end_seen > $as_of) })
MATCH (m:Merchant)-[o:OPERATES]->(:Store)-[l:LISTS]->(g)
WHERE all(x IN [o, l] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH m, o, l, g, shown,
  COLLECT {
    MATCH (g)-[f:OF_PRODUCT]->(p:Product)
    WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
    RETURN p.product_class
  } AS classes
ORDER BY m.id, g.id
RETURN $as_of AS as_of, shown.field AS field, shown.raw AS raw,
  collect({merchant_id: m.id, name: m.name, listing_id: g.id,
    product_class: coalesce(head(classes), m.product_class),
    records: g.records + o.records + l.records,
    regions: g.regions + o.regions + l.regions}) AS uses
ORDER BY field, raw
