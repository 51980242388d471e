// How many deliveries of a date are done for some channels.
// Parameters: $as_of (ISO date), $channels (names). Returns sent. Bound: one row.
MATCH (delivery:Delivery {as_of: $as_of, status: 'sent'})
WHERE delivery.channel IN $channels
RETURN count(delivery) AS sent
