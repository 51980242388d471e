// Members of the current clusters of one label, with their ties.
// Parameters: $label (network, lawful_group or unlabelled).
// Returns cluster, score, merchant, name, role, strength, ties (JSON). Bound: members of published clusters.
MATCH (merchant:Merchant)-[membership:MEMBER_OF]->(cluster:Cluster {label: $label})
RETURN cluster.id AS cluster, cluster.score AS score, merchant.id AS merchant,
       merchant.name AS name, membership.role AS role, membership.strength AS strength,
       membership.ties AS ties
ORDER BY cluster.score DESC, cluster.id, merchant.id
