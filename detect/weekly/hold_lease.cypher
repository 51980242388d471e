// Makes the lease last longer for whoever still has it; a publication begins with it.
// Parameters: $id (of the lease), $token, $lease_s (seconds). Returns token (no row when another has taken it).
// Bound: one row.
MATCH (lease:SuyuanMeta {id: $id})
WHERE lease.token = $token
SET lease.until_ms = timestamp() + 1000 * $lease_s
RETURN lease.token AS token
