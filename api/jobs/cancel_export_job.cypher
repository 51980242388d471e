// Cancels a job of an owner that is queued or running; one that ended stays as it is.
// Parameters: $id, $owner (reader), $now (ISO time).
// Returns job (its properties). Bound: one row.
MATCH (j:ExportJob {id: $id, owner: $owner})
SET j.asked_by = $owner
FOREACH (_ IN CASE WHEN j.state IN ['queued', 'running'] THEN [1] ELSE [] END |
  SET j.state = 'cancelled', j.finished_at = $now, j.updated_at = $now
)
RETURN properties(j) AS job
