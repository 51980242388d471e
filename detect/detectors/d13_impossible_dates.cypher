// Purpose: reports whose own dates run backwards by more than tolerance_d days, per lab.
// Parameters: as_of (ISO date), hubs (ids held harmless), tolerance_d (days).
// Returns: lab {id, name, records, regions}, reports [{id, report_no, received_on, tested_from,
//   tested_to, issued_on, records, regions}].
// Bound: one row per lab with such a report; tens.
MATCH (t:TestReport)-[f:REPORT_FROM]->(lab:TestLab)
WHERE f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
  AND any(pair IN [[t.received_on, t.tested_from], [t.tested_from, t.tested_to],
    [t.tested_to, t.issued_on], [t.received_on, t.issued_on]]
    WHERE pair[0] > pair[1]
      AND duration.inDays(date(pair[1]), date(pair[0])).days > $tolerance_d)
WITH lab, f, t ORDER BY t.id
WITH lab, collect({id: t.id, report_no: t.report_no, received_on: t.received_on,
  tested_from: t.tested_from, tested_to: t.tested_to, issued_on: t.issued_on,
  records: t.records + f.records, regions: t.regions + f.regions}) AS reports
WHERE NOT lab.id IN $hubs
RETURN {id: lab.id, name: lab.name, records: lab.records, regions: lab.regions} AS lab, reports
ORDER BY lab.id
