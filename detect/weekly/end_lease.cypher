// Gives the lease back.
// Parameters: $id (of the lease), $token. Returns nothing. Bound: one node.
MATCH (lease:SuyuanMeta {id: $id})
WHERE lease.token = $token
DELETE lease
