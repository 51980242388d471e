// Purpose: merchants with their stores, for the plain peer of `suyuan bench graphql-peer`.
// Parameters: $limit how many merchants (count).
// Columns: id, merchant_id, name, division, first_seen (strings), operates (list of maps of a store).
// Bound: $limit rows, each with all stores of a merchant.
// Everybody's: the peer knows no regions.
MATCH (m:Merchant)
WITH m
LIMIT $limit
OPTIONAL MATCH (m)-[:OPERATES]->(s:Store)
RETURN m.id AS id, m.merchant_id AS merchant_id, m.name AS name, m.division AS division,
  m.first_seen AS first_seen,
  collect({id: s.id, platform: s.platform, native_id: s.native_id, name: s.name,
    opened_on: s.opened_on}) AS operates
