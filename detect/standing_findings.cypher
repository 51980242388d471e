// The published findings, with a digest of what they say.
// No parameters. Returns id, content (digest), status, as columns. Bound: findings in the store.
MATCH (finding:Finding)
RETURN collect(finding.id) AS id, collect(coalesce(finding.content, '')) AS content,
       collect(coalesce(finding.status, '')) AS status
