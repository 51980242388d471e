// What has been noted for some channels and not yet been delivered, oldest first.
// Parameters: $channels (names). Returns id, channel, attempts, body (JSON of the digest).
// Bound: digests times channels that are still open.
MATCH (delivery:Delivery)
WHERE delivery.status = 'pending' AND delivery.channel IN $channels
MATCH (digest:WeeklyDigest {id: delivery.digest})
RETURN delivery.id AS id, delivery.channel AS channel, delivery.attempts AS attempts,
       digest.body AS body
ORDER BY delivery.as_of, delivery.id
