// Marks clusters that this publication no longer has; they stay, because flags speak of them. Dormant ones
// are waited for: something of them is left, or they may come back.
// Parameters: $ids (cluster ids that are current), $dormant (cluster ids). Returns nothing.
// Bound: clusters in the store.
MATCH (cluster:Cluster) WHERE NOT cluster.id IN $ids
SET cluster.status = CASE WHEN cluster.id IN $dormant THEN 'dormant' ELSE 'gone' END, cluster.size = 0
