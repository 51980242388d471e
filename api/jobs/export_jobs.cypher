// Jobs of an owner, newest first.
// Parameters: $owner (reader), $id (null for all), $before_at and $before_id (the last job seen; '9999'
// and '' for none), $limit (rows).
// Returns job (its properties). Bound: $limit.
MATCH (j:ExportJob {owner: $owner})
WHERE ($id IS NULL OR j.id = $id)
  AND (j.created_at < $before_at OR (j.created_at = $before_at AND j.id > $before_id))
RETURN properties(j) AS job ORDER BY j.created_at DESC, j.id LIMIT $limit
