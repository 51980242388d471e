// Purpose: reports whose copies on listings say something else than the register, or than each other.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: report {id, report_no, records, regions}, versions [{report_no, amends_report_no,
//   client_name, sample_name, sample_model, issued_on, is_registered}] (the report and those of the
//   same lab that amend it, it amends, or whose number begins with the other's), copies
//   [{merchant_id, name, listing_id, client, sample, model, issued_on, text_sha256, records, regions}].
// Bound: one row per report with a copy that is not letter for letter the register; hundreds.
// The relation is gone through in the order in which it lies on disk (docs/adr/0016).
MATCH (g)-[s:SHOWS_REPORT]->(t)
WHERE s.first_seen <= $as_of AND (s.end_seen IS NULL OR s.end_seen > $as_of)
  AND NOT coalesce(
    (s.shown_client IS NULL OR s.shown_client = t.client_name)
    AND (s.shown_sample IS NULL OR s.shown_sample = t.sample_name)
    AND (s.shown_model IS NULL OR s.shown_model = t.sample_model)
    AND (s.shown_issued_on IS NULL OR s.shown_issued_on = t.issued_on), false)
WITH DISTINCT t WHERE NOT t.id IN $hubs
OPTIONAL MATCH (t)-[a:REPORT_FROM]->(lab:TestLab)
WHERE a.first_seen <= $as_of AND (a.end_seen IS NULL OR a.end_seen > $as_of)
WITH lab, collect(t) AS shown
// What amends another is few of a lab's reports; all of them beside each shown one would be quadratic.
WITH shown, lab,
  COLLECT {
    MATCH (lab)<-[b:REPORT_FROM]-(v:TestReport)
    WHERE v.amends_report_no IS NOT NULL AND v.first_seen <= $as_of
      AND b.first_seen <= $as_of AND (b.end_seen IS NULL OR b.end_seen > $as_of)
    RETURN v
  } AS amending
UNWIND shown AS t
WITH t, lab, [v IN amending WHERE v.lab_id = t.lab_id AND v.amends_report_no = t.report_no | v.id]
  + ['TestReport:' + t.lab_id + '/' + t.amends_report_no]
  + [length IN range(size(t.id) - size(t.report_no) + 1, size(t.id) - 1) | left(t.id, length)]
  AS named
WITH t,
  COLLECT {
    CALL (t, named) {
      UNWIND named AS id MATCH (v:TestReport {id: id}) RETURN v
      UNION
      MATCH (v:TestReport) WHERE v.id STARTS WITH t.id RETURN v
    }
    MATCH (v)-[b:REPORT_FROM]->(lab)
    WHERE v.first_seen <= $as_of
      AND b.first_seen <= $as_of AND (b.end_seen IS NULL OR b.end_seen > $as_of)
      AND v.id <> t.id
    RETURN DISTINCT v ORDER BY v.id
  } AS others
MATCH (t)<-[s:SHOWS_REPORT]-(g:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [s, l, o] WHERE x.first_seen <= $as_of
  AND (x.end_seen IS NULL OR x.end_seen > $as_of))
WITH t, others, s, g, l, o, m ORDER BY m.id, g.id
RETURN {id: t.id, report_no: t.report_no, records: t.records, regions: t.regions} AS report,
  [v IN [t] + others | {report_no: v.report_no, amends_report_no: v.amends_report_no,
    client_name: v.client_name, sample_name: v.sample_name, sample_model: v.sample_model,
    issued_on: v.issued_on, is_registered: v.is_registered}] AS versions,
  collect({merchant_id: m.id, name: m.name, listing_id: g.id, client: s.shown_client,
    sample: s.shown_sample, model: s.shown_model, issued_on: s.shown_issued_on,
    text_sha256: s.text_sha256, records: s.records + l.records + o.records,
    regions: s.regions + l.regions + o.regions}) AS copies
ORDER BY report.id
