// Published clusters (those that still have members) with their members and what ties them.
// Parameters: $ids (cluster ids, null for all), $limit (clusters), $regions (regions the reader may
// see).
// Returns properties of the cluster, members the reader may see (merchant, its regions, role,
// roles and ties as JSON), hidden_members (how many he may not see).
// Bound: $limit clusters, in order of their id.
MATCH (c:Cluster)
WHERE ($ids IS NULL OR c.id IN $ids) AND EXISTS { (c)<-[:MEMBER_OF]-() }
WITH c ORDER BY c.id LIMIT $limit
RETURN properties(c) AS cluster, COLLECT {
  MATCH (m:Merchant)-[k:MEMBER_OF]->(c)
  WHERE any(region IN m.regions WHERE region IN $regions)
  RETURN {merchant: m.id, regions: [region IN m.regions WHERE region IN $regions],
          role: k.role, roles: k.roles, ties: k.ties}
} AS members, COUNT {
  MATCH (m:Merchant)-[:MEMBER_OF]->(c)
  WHERE NOT any(region IN m.regions WHERE region IN $regions)
} AS hidden_members
