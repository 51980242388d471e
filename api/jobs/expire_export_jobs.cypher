// Forgets jobs whose time is up, so that their files can be removed.
// Parameters: $now (ISO time), $limit (rows).
// Returns id. Bound: $limit.
MATCH (j:ExportJob)
WHERE j.expires_at < $now AND NOT j.state IN ['queued', 'running']
WITH j, j.id AS id LIMIT $limit
DETACH DELETE j
RETURN id
