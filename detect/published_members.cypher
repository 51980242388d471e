// The clusters that are published, but lawful groups.
// Parameters: $as_of (ISO date). Returns id, members (merchant ids). Bound: clusters in the store.
MATCH (m:Merchant)-[:MEMBER_OF]->(c:Cluster)
WHERE c.as_of <= $as_of AND coalesce(c.label, '') <> 'lawful_group'
RETURN c.id AS id, collect(m.id) AS members
