// Purpose: reports that their lab's register does not have, or whose copies lead to another site than
//   the lab's.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: as_of, report {id, report_no, is_registered, issued_on, carries_cma_mark, records, regions},
//   lab {id, name, hosts, records, regions} (null where no lab is known), uses [{merchant_id, name,
//   listing_id, query_host, records, regions}].
// Bound: one row per such report that a listing shows; hundreds.
// The relation is gone through in the order in which it lies on disk (docs/adr/0016).
MATCH (g)-[s:SHOWS_REPORT]->(t)
WHERE s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
WITH t, collect(DISTINCT s.query_host) AS hosts
WHERE NOT t.id IN $hubs
OPTIONAL MATCH (t)-[f:REPORT_FROM]->(lab:TestLab)
WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
WITH t, hosts, head(collect(lab)) AS lab
WHERE t.is_registered = false OR lab IS NULL OR lab.name IS NULL
  OR any(h IN hosts WHERE NOT ('；' + coalesce(lab.query_hosts, h) + '；') CONTAINS ('；' + h + '；'))
MATCH (t)<-[s:SHOWS_REPORT]-(g:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [s, l, o] WHERE x.first_seen <= $as_of
  AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH t, lab, s, g, l, o, m ORDER BY m.id, g.id
RETURN $as_of AS as_of,
  {id: t.id, report_no: t.report_no, is_registered: t.is_registered, issued_on: t.issued_on,
    carries_cma_mark: t.carries_cma_mark, records: t.records, regions: t.regions} AS report,
  CASE WHEN lab.name IS NULL THEN null ELSE {id: lab.id, name: lab.name, hosts: lab.query_hosts,
    records: lab.records, regions: lab.regions} END AS lab,
  collect({merchant_id: m.id, name: m.name, listing_id: g.id, query_host: s.query_host,
    records: s.records + l.records + o.records,
    regions: s.regions + l.regions + o.regions}) AS uses
ORDER BY report.id
