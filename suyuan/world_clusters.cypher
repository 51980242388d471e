// Current clusters with their members.
// No parameters. Returns label and members (merchant node ids). Bound: published clusters.
MATCH (merchant:Merchant)-[:MEMBER_OF]->(cluster:Cluster)
WITH cluster, collect(merchant.id) AS members
RETURN cluster.label AS label, members
