// What the worker of a running job says of it; nothing when the job is no longer his (it was cancelled,
// or given to another).
// Parameters: $id, $worker, $properties (to set), $lease_ms (how long he may be silent from now on).
// Returns id. Bound: one row.
MATCH (j:ExportJob {id: $id})
SET j.asked_by = $worker
WITH j WHERE j.state = 'running' AND j.worker = $worker
SET j += $properties, j.lease_until = timestamp() + $lease_ms
RETURN j.id AS id
