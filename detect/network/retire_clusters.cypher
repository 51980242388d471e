// Marks clusters that this publication no longer has; they stay, because flags speak of them.
// Parameters: $ids (cluster ids that are current). Returns nothing. Bound: clusters in the store.
MATCH (cluster:Cluster) WHERE NOT cluster.id IN $ids SET cluster.status = 'gone', cluster.size = 0
