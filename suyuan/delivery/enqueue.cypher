// Notes what is to be delivered, before anything is sent; what is noted already stays as it is.
// Parameters: $as_of (ISO date of the run), $wanted (list of maps: channel, kind, region, is_quiet_told), $at
// (ISO time). Returns nothing. Bound: digests of one date times channels.
UNWIND $wanted AS wish
MATCH (digest:WeeklyDigest {as_of: $as_of})
WHERE digest.region = wish.region AND (wish.is_quiet_told OR digest.is_news)
MERGE (delivery:Delivery {id: 'Delivery:' + wish.channel + '/' + digest.id})
ON CREATE SET delivery.channel = wish.channel, delivery.kind = wish.kind,
  delivery.region = digest.region, delivery.digest = digest.id, delivery.as_of = digest.as_of,
  delivery.status = 'pending', delivery.attempts = 0, delivery.noted_at = $at
