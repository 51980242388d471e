// Gives the oldest job that waits to a worker: a queued one, or one whose worker was not heard of.
// The first SET takes the lock; of two workers one waits there, and then sees that it came too late.
// Parameters: $worker, $lease_ms (how long the worker may be silent), $now (ISO time).
// Returns job (its properties). Bound: one row.
MATCH (j:ExportJob)
WHERE j.state = 'queued' OR (j.state = 'running' AND j.lease_until < timestamp())
WITH j ORDER BY j.created_at, j.id LIMIT 1
SET j.asked_by = $worker
WITH j
WHERE j.state = 'queued' OR (j.state = 'running' AND j.lease_until < timestamp())
SET j.state = 'running', j.worker = $worker, j.lease_until = timestamp() + $lease_ms,
    j.attempts = coalesce(j.attempts, 0) + 1, j.started_at = $now, j.updated_at = $now,
    j.progress = 0.0, j.nodes = 0, j.relations = 0
RETURN properties(j) AS job
