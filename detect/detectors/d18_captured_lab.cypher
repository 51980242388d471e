// Purpose: labs from which one cluster of merchants gets far more of its reports than the market does.
// Parameters: as_of (ISO date), hubs (ids held harmless), min_reports (reports), min_lift (ratio).
// Returns: cluster_id, lab {id, name, records, regions}, members [ids], draws (reports the cluster
//   uses), hits (of these, from the lab), passes (of the hits, concluding a pass), population and
//   marked (reports of these product classes in the market, and from the lab), local {reports,
//   of_lab} (commissioned by others of the same provinces), spot_checks {checked, failed} (of these
//   classes), reports [{id, records, regions}] (the hits).
// Bound: one row per cluster and lab with min_reports and min_lift; tens.
CALL () {
  MATCH (x:TestReport) WHERE x.first_seen <= $as_of
  WITH x.product_class AS class, count(x) AS n
  RETURN collect({class: class, n: n}) AS market
}
// Clusters are written in the same transaction, so the planner knows of none: asked for the members of
// each, it may look at those of all.
CALL () {
  MATCH (m:Merchant)-[:MEMBER_OF]->(c:Cluster)
  WHERE c.as_of <= $as_of AND coalesce(c.label, '') <> 'lawful_group'
  WITH c, collect(m) AS members
  RETURN c, members
}
// Lists are made by subqueries: to group by lists is to hash all of each for every row.
WITH market, c, members,
  COLLECT {
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
  } AS used
WHERE size(used) >= $min_reports
CALL (used) {
  UNWIND used AS t
  MATCH (t)-[r:REPORT_FROM]->(lab:TestLab)
  WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  WITH lab, collect(t) AS hits, collect(DISTINCT t.product_class) AS classes
  WHERE size(hits) >= $min_reports AND NOT lab.id IN $hubs
  RETURN lab, hits, classes
}
WITH c, members, lab, hits, classes,
  [u IN used WHERE u.product_class IN classes] AS drawn,
  reduce(n = 0, x IN market | n + CASE WHEN x.class IN classes THEN x.n ELSE 0 END) AS population,
  COUNT {
    MATCH (x:TestReport)-[r:REPORT_FROM]->(lab)
    WHERE x.product_class IN classes
      AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  } AS marked
WHERE 1.0 * size(hits) * population >= $min_lift * size(drawn) * marked
WITH collect({cluster: c, members: members, lab: lab, hits: hits, classes: classes, drawn: drawn,
  population: population, marked: marked,
  provinces: [m IN members | substring(coalesce(m.division, '??'), 0, 2)]}) AS cases
// What the neighbours commission is read once, and looked through by province and class for each case.
CALL () {
  MATCH (x:TestReport)-[r:COMMISSIONED_BY]->(other:Merchant)
  WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  MATCH (x)-[f:REPORT_FROM]->(theirs:TestLab)
  WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
  WITH substring(other.division, 0, 2) AS province, x.product_class AS class,
    collect({report: x, client: other, lab: theirs}) AS commissioned
  RETURN collect({province: province, class: class, commissioned: commissioned}) AS market_parts
}
CALL (cases, market_parts) {
  UNWIND range(0, size(cases) - 1) AS at
  UNWIND market_parts AS part
  WITH at, cases[at] AS one, part
  WHERE part.province IN one.provinces AND part.class IN one.classes
  UNWIND part.commissioned AS each
  WITH at, one, each WHERE NOT each.client IN one.members
  WITH at, count(DISTINCT each.report) AS reports,
    count(DISTINCT CASE WHEN each.lab = one.lab THEN each.report END) AS of_lab
  RETURN collect({at: at, reports: reports, of_lab: of_lab}) AS neighbours
}
UNWIND range(0, size(cases) - 1) AS at
WITH cases[at] AS one, head([n IN neighbours WHERE n.at = at]) AS near
WITH one.cluster AS c, one.members AS members, one.lab AS lab, one.hits AS hits,
  one.classes AS classes, one.drawn AS drawn, one.population AS population,
  one.marked AS marked,
  {reports: coalesce(near.reports, 0), of_lab: coalesce(near.of_lab, 0)} AS local
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
