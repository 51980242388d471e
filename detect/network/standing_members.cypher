// The published memberships, with a digest of what they say.
// No parameters. Returns merchant, cluster, content (digest), as columns. Bound: members of clusters.
MATCH (merchant:Merchant)-[membership:MEMBER_OF]->(cluster:Cluster)
RETURN collect(merchant.id) AS merchant, collect(cluster.id) AS cluster,
       collect(coalesce(membership.content, '')) AS content
