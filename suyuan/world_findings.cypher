// Open findings.
// No parameters. Returns detector and subjects (node ids). Bound: open findings.
MATCH (finding:Finding {status: 'open'})
RETURN finding.detector AS detector, finding.subject_ids AS subjects
