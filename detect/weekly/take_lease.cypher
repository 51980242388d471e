// Takes a lease, if it is free, has run out, or is held by one who is known to be gone.
// Parameters: $id (of the lease), $token (of the taker), $owner (JSON: host, pid, created_at), $gone (token
// of a holder that is no longer there, or ''), $lease_s (seconds). Returns token and owner of whoever holds it now.
// Bound: one node. The server's clock decides, so clocks of clients do not matter.
MERGE (lease:SuyuanMeta {id: $id})
SET lease.looked_at = timestamp()
WITH lease, coalesce(lease.until_ms, 0) < timestamp() OR lease.token IN [$token, $gone] AS is_free
SET lease.token = CASE WHEN is_free THEN $token ELSE lease.token END,
    lease.owner = CASE WHEN is_free THEN $owner ELSE lease.owner END,
    lease.until_ms = CASE WHEN is_free THEN timestamp() + 1000 * $lease_s ELSE lease.until_ms END
RETURN lease.token AS token, lease.owner AS owner
