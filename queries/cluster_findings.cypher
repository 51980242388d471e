// What detectors say of some merchants, worst first, where the reader may see all that it rests on.
// Parameters: $members (merchant node ids), $limit (findings), $shown (records per finding), $regions
// (regions the reader may see).
// Returns one row per finding: id, detector, is_violation, severity, subjects, legal_basis, records.
// Bound: $limit findings.
UNWIND $members AS id
MATCH (:Merchant {id: id})<-[:ABOUT]-(f:Finding)
WHERE coalesce(f.status, 'open') = 'open'
  AND size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
WITH DISTINCT f ORDER BY f.severity DESC, f.id LIMIT $limit
RETURN f.id AS id, f.detector AS detector, f.is_violation AS is_violation, f.severity AS severity,
  f.subject_ids AS subjects, coalesce(f.legal_basis, []) AS legal_basis,
  coalesce(f.input_records, [])[..$shown] AS records
