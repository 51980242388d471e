// Purpose: labs from which one cluster of merchants gets far more of its reports than the market does.
// Parameters: as_of (ISO date), hubs (ids held harmless), clusters (list of {id, members: [ids]}, lawful
//   groups left out), min_reports (reports), min_lift (ratio).
// Returns: cluster_id, lab {id, name, records, regions}, members [ids], draws (reports the cluster
//   uses), hits (of these, from the lab), passes (of the hits, concluding a pass), population and
//   marked (reports of these product classes in the market, and from the lab), local {reports,
//   of_lab} (commissions of these classes by others of the same provinces, a report once for each who
//   commissioned it), spot_checks {checked, failed} (of these classes), reports [{id, records,
//   regions}] (the hits).
// Bound: one row per cluster and lab with min_reports and min_lift; tens.
// What is counted by class is counted once for all: a large lab has tens of thousands of reports, and
// thousands of clusters use some of them.
CALL () {
  MATCH (x:TestReport) WHERE x.first_seen <= $as_of
  WITH x.product_class AS class, count(x) AS n
  RETURN collect({class: class, n: n}) AS market
}
CALL () {
  MATCH (s:SpotCheck) WHERE s.first_seen <= $as_of AND s.checked_on <= $as_of
  WITH s.product_class AS class, count(s) AS checked,
    count(CASE WHEN s.is_pass = false THEN 1 END) AS failed
  RETURN collect({class: class, checked: checked, failed: failed}) AS spots
}
UNWIND $clusters AS c
CALL (c) {
  UNWIND c.members AS id
  MATCH (m:Merchant {id: id})
  RETURN collect(m) AS members
}
// Lists are made by subqueries: to group by lists is to hash all of each for every row.
WITH market, spots, c, members,
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
// Market and spots are one list each, told with every row: as keys of a group they would be hashed.
WITH lab, head(collect(market)) AS market, head(collect(spots)) AS spots,
  collect({cluster: c.id, members: members, hits: hits, classes: classes,
  drawn: [u IN used WHERE u.product_class IN classes]}) AS drawings
CALL (lab) {
  MATCH (x:TestReport)-[r:REPORT_FROM]->(lab)
  WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  WITH x.product_class AS class, count(x) AS n
  RETURN collect({class: class, n: n}) AS of_lab
}
UNWIND drawings AS one
WITH spots, lab, one,
  reduce(n = 0, x IN market | n + CASE WHEN x.class IN one.classes THEN x.n ELSE 0 END) AS population,
  reduce(n = 0, x IN of_lab | n + CASE WHEN x.class IN one.classes THEN x.n ELSE 0 END) AS marked
WHERE 1.0 * size(one.hits) * population >= $min_lift * size(one.drawn) * marked
WITH head(collect(spots)) AS spots,
  collect(one {.*, lab: lab, population: population, marked: marked,
  provinces: [m IN one.members WHERE m.division IS NOT NULL | substring(m.division, 0, 2)]}) AS cases
CALL () {
  MATCH (x:TestReport)-[r:COMMISSIONED_BY]->(other:Merchant)
  WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  WITH substring(other.division, 0, 2) AS province, x.product_class AS class, count(*) AS n
  RETURN collect({province: province, class: class, n: n}) AS commissions
}
UNWIND cases AS one
WITH one, one.lab AS lab, one.members AS members, one.classes AS classes, one.provinces AS provinces,
  reduce(n = 0, x IN commissions | n + CASE
    WHEN x.province IN one.provinces AND x.class IN one.classes THEN x.n ELSE 0 END) AS by_all,
  reduce(said = {checked: 0, failed: 0}, x IN spots | CASE WHEN x.class IN one.classes
    THEN {checked: said.checked + x.checked, failed: said.failed + x.failed} ELSE said END) AS spot_checks
WITH one, lab, members, spot_checks,
  {reports: by_all - COUNT {
    UNWIND members AS m
    MATCH (t:TestReport)-[r:COMMISSIONED_BY]->(m)
    WHERE t.product_class IN classes AND m.division IS NOT NULL
      AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  }, of_lab: COUNT {
    MATCH (lab)<-[f:REPORT_FROM]-(t:TestReport)-[r:COMMISSIONED_BY]->(other:Merchant)
    WHERE t.product_class IN classes AND substring(other.division, 0, 2) IN provinces
      AND all(s IN [f, r] WHERE s.first_seen <= $as_of
        AND (s.end_seen IS NULL OR s.end_seen > $as_of))
      AND NOT other IN members
  }} AS local
RETURN one.cluster AS cluster_id,
  {id: lab.id, name: lab.name, records: lab.records, regions: lab.regions} AS lab,
  [m IN members | m.id] AS members, size(one.drawn) AS draws, size(one.hits) AS hits,
  size([t IN one.hits WHERE t.is_pass = true]) AS passes, one.population AS population,
  one.marked AS marked, local, spot_checks,
  [t IN one.hits | {id: t.id, records: t.records, regions: t.regions}] AS reports
ORDER BY cluster_id, lab.id
