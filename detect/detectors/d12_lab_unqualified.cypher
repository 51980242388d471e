// Purpose: reports with the CMA mark that their lab's qualification or scope does not cover by the
//   letter, per lab.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: lab {id, name, cma_no, records, regions}, qualifications [{status, starts_on, ends_on,
//   records, regions}], scopes [{standard, starts_on, ends_on, records, regions}],
//   reports [{id, report_no, standard, issued_on, carries_cma_mark, is_key, records, regions}].
// Bound: one row per lab with such a report; hundreds at most.
MATCH (t:TestReport)-[from:REPORT_FROM]->(lab:TestLab)
WHERE t.carries_cma_mark = true AND t.issued_on IS NOT NULL AND t.issued_on <= $as_of
  AND from.first_seen <= $as_of AND (from.end_seen IS NULL OR from.end_seen > $as_of)
WITH lab, collect({report: t, from: from}) AS issued
WHERE NOT lab.id IN $hubs
WITH lab, issued,
  COLLECT {
    MATCH (lab)-[h:HAS_QUALIFICATION]->(q:LabQualification {scheme: 'cma'})
    WHERE h.first_seen <= $as_of AND (h.end_seen IS NULL OR h.end_seen > $as_of)
    RETURN {status: q.status, starts_on: q.starts_on, ends_on: q.ends_on,
      records: q.records + h.records, regions: q.regions + h.regions} ORDER BY q.starts_on
  } AS qualifications,
  COLLECT {
    MATCH (lab)-[h:HAS_SCOPE]->(c:LabScope)
    WHERE h.first_seen <= $as_of AND (h.end_seen IS NULL OR h.end_seen > $as_of)
    RETURN {standard: c.standard, starts_on: c.starts_on, ends_on: c.ends_on,
      records: c.records + h.records, regions: c.regions + h.regions} ORDER BY c.standard
  } AS scopes
WITH lab, qualifications, scopes, [i IN issued WHERE
  NOT any(q IN qualifications WHERE q.status = 'valid' AND q.starts_on <= i.report.issued_on
    AND (q.ends_on IS NULL OR q.ends_on > i.report.issued_on))
  OR any(q IN qualifications WHERE q.status <> 'valid' AND q.starts_on <= i.report.issued_on
    AND (q.ends_on IS NULL OR q.ends_on > i.report.issued_on))
  OR NOT any(c IN scopes WHERE
    (i.report.standard = c.standard OR i.report.standard STARTS WITH c.standard + '-'
      OR i.report.standard STARTS WITH c.standard + ':')
    AND coalesce(c.starts_on <= i.report.issued_on, true)
    AND coalesce(c.ends_on > i.report.issued_on, true))] AS doubtful
WHERE size(doubtful) > 0
UNWIND doubtful AS i
WITH lab, qualifications, scopes, i.report AS t, i.from AS from
ORDER BY t.id
RETURN {id: lab.id, name: lab.name, cma_no: lab.cma_no, records: lab.records,
    regions: lab.regions} AS lab, qualifications, scopes,
  collect({id: t.id, report_no: t.report_no, standard: t.standard, issued_on: t.issued_on,
    carries_cma_mark: t.carries_cma_mark,
    is_key: EXISTS { MATCH (t)-[f:REPORT_ON]->(p:Product)
      WHERE (p.is_key_product OR p.requires_ccc) AND f.first_seen <= $as_of
        AND (f.end_seen IS NULL OR f.end_seen > $as_of) },
    records: t.records + from.records, regions: t.regions + from.regions}) AS reports
ORDER BY lab.id
