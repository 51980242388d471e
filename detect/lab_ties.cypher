// What could tie some test labs to others: clients in networks, their companies, hosts, templates.
// Parameters: $labs (test lab node ids), $members (ids of merchants in suspected networks), $as_of (ISO
// date), $hubs (ids held harmless), $most_holders (merchants that may hold an identifier and it still
// says something), $limit (ties of each sort).
// Returns one row per lab: lab, name, records, regions, clients (how many merchants commissioned its
// reports), and lists of {key, records, regions}: of_clients (key a merchant in a network),
// of_company (key an identifier of the company that the lab is), of_hosts (key a host that copies of
// its reports lead to, or its own), of_templates (key the digest of a copy's text).
// Bound: the labs given, $limit ties of each sort.
// A query site that labs without any finding have filed is a public one.
CALL () {
  MATCH (o:TestLab) WHERE NOT o.id IN $labs
  UNWIND split(coalesce(o.query_hosts, ''), '；') AS host
  RETURN collect(DISTINCT host) AS public
}
UNWIND $labs AS id
MATCH (lab:TestLab {id: id})
RETURN lab.id AS lab, coalesce(lab.name, lab.id) AS name, lab.records AS records, lab.regions AS regions,
  COUNT {
    MATCH (lab)<-[f:REPORT_FROM]-(:TestReport)-[c:COMMISSIONED_BY]->(m:Merchant)
    WHERE all(r IN [f, c] WHERE r.first_seen <= $as_of
      AND (r.end_seen IS NULL OR r.end_seen > $as_of))
    RETURN DISTINCT m
  } AS clients,
  COLLECT {
    MATCH (lab)<-[f:REPORT_FROM]-(:TestReport)-[c:COMMISSIONED_BY]->(m:Merchant)
    WHERE m.id IN $members AND all(r IN [f, c] WHERE r.first_seen <= $as_of
      AND (r.end_seen IS NULL OR r.end_seen > $as_of))
    WITH m, c ORDER BY m.id, c.records[0]
    WITH m, collect(c)[..3] AS some ORDER BY m.id LIMIT $limit
    RETURN {key: m.id,
      records: reduce(all = [], r IN some | all + r.records),
      regions: reduce(all = [], r IN some | all + r.regions)}
  } AS of_clients,
  COLLECT {
    MATCH (m:Merchant {id: 'Merchant:' + coalesce(lab.uscc, '')})
      -[r:REGISTERED_AT|OPERATES_AT|USES_PHONE|PAID_TO|REPRESENTED_BY|USES_DEVICE]->(x)
    WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
      AND NOT x.id IN $hubs
      AND COUNT { (x)<-[:REGISTERED_AT|OPERATES_AT|USES_PHONE|PAID_TO|REPRESENTED_BY|USES_DEVICE]-() }
        <= $most_holders
    WITH x, r ORDER BY x.id, r.records[0] LIMIT $limit
    RETURN {key: x.id, records: r.records, regions: r.regions}
  } AS of_company,
  COLLECT {
    CALL (lab) {
      MATCH (lab)<-[:REPORT_FROM]-(:TestReport)<-[s:SHOWS_REPORT]-(:Listing)
      WHERE s.query_host IS NOT NULL
        AND s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
      RETURN s.query_host AS host, s.records AS records, s.regions AS regions
      UNION ALL
      UNWIND split(coalesce(lab.query_hosts, ''), '；') AS host
      WITH host WHERE host <> ''
      RETURN host, lab.records AS records, lab.regions AS regions
    }
    WITH host, collect({records: records, regions: regions})[..3] AS some
    WHERE NOT host IN public
    WITH host, some ORDER BY host LIMIT $limit
    RETURN {key: host,
      records: reduce(all = [], r IN some | all + r.records),
      regions: reduce(all = [], r IN some | all + r.regions)}
  } AS of_hosts,
  COLLECT {
    MATCH (lab)<-[:REPORT_FROM]-(:TestReport)<-[s:SHOWS_REPORT]-(:Listing)
    WHERE s.text_sha256 IS NOT NULL
      AND s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
    WITH s.text_sha256 AS digest, collect(s)[..3] AS some ORDER BY digest LIMIT $limit
    RETURN {key: digest,
      records: reduce(all = [], r IN some | all + r.records),
      regions: reduce(all = [], r IN some | all + r.regions)}
  } AS of_templates
ORDER BY lab
