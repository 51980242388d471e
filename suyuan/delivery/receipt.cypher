// The receipt of a try: sent, or still pending and why.
// Parameters: $id, $status ('sent' or 'pending'), $at (ISO time), $note (short, no secret).
// Returns nothing. Bound: one node.
MATCH (delivery:Delivery {id: $id})
SET delivery.status = $status, delivery.attempts = delivery.attempts + 1, delivery.note = $note,
    delivery.tried_at = $at,
    delivery.sent_at = CASE WHEN $status = 'sent' THEN $at ELSE delivery.sent_at END
