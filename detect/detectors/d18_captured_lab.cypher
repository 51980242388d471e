// Purpose: labs from which one cluster of merchants gets far more of its reports than the market does.
// Parameters: as_of (ISO date), hubs (ids held harmless), min_reports (reports), min_lift (ratio).
// Returns: cluster_id, lab {id, name, records, regions}, members [ids], draws (reports the cluster
//   uses), hits (of these, from the lab), passes (of the hits, concluding a pass), population and
//   marked (reports of these product classes in the market, and from the lab), local {reports,
//   of_lab} (commissioned by others of the same provinces), spot_checks {checked, failed} (of these
//   classes), reports [{id, records, regions}] (the hits).
// Bound: one row per cluster and lab with min_reports and min_lift; tens.
MATCH (x:TestReport) WHERE x.first_seen <= $as_of
WITH x.product_class AS class, count(x) AS n
WITH collect({class: class, n: n}) AS market
MATCH (m:Merchant)-[:MEMBER_OF]->(c:Cluster)
WHERE c.as_of <= $as_of AND coalesce(c.label, '') <> 'lawful_group'
WITH market, c, collect(m) AS members
CALL (members) {
  UNWIND members AS m
  MATCH (t:TestReport)-[r:COMMISSIONED_BY]->(m)
  WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  RETURN t
  UNION
  UNWIND members AS m
  MATCH (m)-[o:OPERATES]->(:Store)-[l:LISTS]->(:Listing)-[s:SHOWS_REPORT]->(t:TestReport)
  WHERE all(r IN [o, l, s] WHERE r.first_seen <= $as_of
    AND (r.end_seen IS NULL OR r.end_seen > $as_of))
  RETURN t
}
WITH market, c, members, collect(DISTINCT t) AS used
UNWIND used AS t
MATCH (t)-[r:REPORT_FROM]->(lab:TestLab)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH market, c, members, used, lab, collect(t) AS hits, collect(DISTINCT t.product_class) AS classes
WHERE size(hits) >= $min_reports AND NOT lab.id IN $hubs
WITH c, members, lab, hits, classes,
  [u IN used WHERE u.product_class IN classes] AS drawn,
  reduce(n = 0, x IN market | n + CASE WHEN x.class IN classes THEN x.n ELSE 0 END) AS population,
  COUNT {
    MATCH (x:TestReport)-[r:REPORT_FROM]->(lab)
    WHERE x.product_class IN classes
      AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  } AS marked
WHERE 1.0 * size(hits) * population >= $min_lift * size(drawn) * marked
WITH c, members, lab, hits, classes, drawn, population, marked,
  [m IN members | substring(coalesce(m.division, '??'), 0, 2)] AS provinces
CALL (members, provinces, classes, lab) {
  MATCH (other:Merchant)<-[r:COMMISSIONED_BY]-(x:TestReport)-[f:REPORT_FROM]->(theirs:TestLab)
  WHERE substring(other.division, 0, 2) IN provinces AND x.product_class IN classes
    AND NOT other IN members
    AND all(s IN [r, f] WHERE s.first_seen <= $as_of
      AND (s.end_seen IS NULL OR s.end_seen > $as_of))
  RETURN {reports: count(DISTINCT x),
    of_lab: count(DISTINCT CASE WHEN theirs = lab THEN x END)} AS local
}
CALL (classes) {
  MATCH (s:SpotCheck)
  WHERE s.product_class IN classes AND s.first_seen <= $as_of AND s.checked_on <= $as_of
  RETURN {checked: count(s), failed: count(CASE WHEN s.is_pass = false THEN 1 END)} AS spot_checks
}
RETURN c.id AS cluster_id,
  {id: lab.id, name: lab.name, records: lab.records, regions: lab.regions} AS lab,
  [m IN members | m.id] AS members, size(drawn) AS draws, size(hits) AS hits,
  size([t IN hits WHERE t.is_pass = true]) AS passes, population, marked, local, spot_checks,
  [t IN hits | {id: t.id, records: t.records, regions: t.regions}] AS reports
ORDER BY cluster_id, lab.id
