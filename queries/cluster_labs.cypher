// Test labs whose reports some merchants commissioned or show, as of a date, most reports first.
// Parameters: $members (merchant node ids), $as_of (ISO date), $limit (labs), $shown (records per lab),
// $regions (regions the reader may see).
// Returns one row per lab: lab (node id), reports and members (how many of each), records (of what ties
// the reports to lab and members), detectors (ids of detectors with an open finding on the lab).
// Bound: $limit labs.
UNWIND $members AS id
MATCH (m:Merchant {id: id})
CALL (m) {
  MATCH (m)<-[c:COMMISSIONED_BY]-(t:TestReport)
  WHERE any(region IN c.regions WHERE region IN $regions)
    AND __KNOWN(c)__
  RETURN t, c.records AS said
  UNION
  MATCH (m)-[o:OPERATES]->(:Store)-[l:LISTS]->(:Listing)-[s:SHOWS_REPORT]->(t:TestReport)
  WHERE all(r IN [o, l, s] WHERE any(region IN r.regions WHERE region IN $regions))
    AND __KNOWN(o)__ AND __KNOWN(l)__ AND __KNOWN(s)__
  RETURN t, s.records AS said
}
MATCH (t)-[f:REPORT_FROM]->(lab:TestLab)
WHERE any(region IN f.regions WHERE region IN $regions)
  AND any(region IN t.regions WHERE region IN $regions)
  AND any(region IN lab.regions WHERE region IN $regions)
  AND __KNOWN(f)__
WITH lab, m, t, head(COLLECT {
  UNWIND said AS said_id
  MATCH (shown:Record {id: said_id}) WHERE shown.region IN $regions
  RETURN said_id ORDER BY said_id LIMIT 1
}) AS record ORDER BY lab.id, t.id, record
WITH lab, count(DISTINCT t) AS reports, count(DISTINCT m) AS members,
  collect(DISTINCT record)[..$shown] AS records
ORDER BY reports DESC, lab.id LIMIT $limit
RETURN lab.id AS lab, reports, members, records, COLLECT {
  MATCH (lab)<-[:ABOUT]-(f:Finding)
  WHERE coalesce(f.status, 'open') = 'open'
    AND size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
  RETURN DISTINCT f.detector AS detector ORDER BY detector
} AS detectors
