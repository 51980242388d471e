// Removes receipts whose time is up; audit lines stay.
// Parameters: $now (ISO time), $limit (rows).
// Returns forgotten (how many). Bound: $limit.
MATCH (r:WriteReceipt) WHERE r.forget_at < $now
WITH r LIMIT $limit
DETACH DELETE r
RETURN count(*) AS forgotten
