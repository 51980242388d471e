// Takes the receipt of a request: what was answered to it before, if it was.
// The SET takes the lock, so that a second request with the same key waits for the end of the first. A
// receipt whose time is up counts as none.
// Parameters: $id, $owner (reader), $fingerprint (of action and arguments), $now (ISO time).
// Returns answer (JSON, null for a new request), fingerprint (of the request that has this receipt).
// Bound: one row.
MERGE (r:WriteReceipt {id: $id})
SET r.asked_at = $now
WITH r, r.answer IS NOT NULL AND r.forget_at > $now AS is_known
FOREACH (_ IN CASE WHEN is_known THEN [] ELSE [1] END |
  SET r.owner = $owner, r.fingerprint = $fingerprint, r.answer = null
)
RETURN CASE WHEN is_known THEN r.answer END AS answer, r.fingerprint AS fingerprint
