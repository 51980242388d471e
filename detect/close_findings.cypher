// Marks findings of the detectors that ran but were not found again; they stay readable.
// Parameters: $detectors (ids), $as_of (ISO date). Returns nothing. Bound: findings in the store.
MATCH (finding:Finding)
WHERE finding.detector IN $detectors AND finding.as_of < $as_of AND finding.status = 'open'
SET finding.status = 'not_seen_again'
