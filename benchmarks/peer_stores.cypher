// Purpose: stores as plain rows, for the plain peer of `suyuan bench graphql-peer`.
// Parameters: $limit how many (count).
// Columns: id, platform, native_id, name, opened_on (strings, the last two may be null).
// Bound: $limit rows.
// Everybody's: the peer knows no regions.
MATCH (s:Store)
RETURN s.id AS id, s.platform AS platform, s.native_id AS native_id, s.name AS name,
  s.opened_on AS opened_on
LIMIT $limit
