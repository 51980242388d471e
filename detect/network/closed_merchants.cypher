// Merchants closed on a date.
// Parameters: $as_of (ISO date). Returns one record with the column id. Bound: merchants in the store.
MATCH (m:Merchant) WHERE m.closed_on <= $as_of RETURN collect(m.id) AS id
