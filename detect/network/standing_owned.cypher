// The published ownerships of identifiers.
// No parameters. Returns identifier, cluster, holders_inside, holders, as columns.
// Bound: identifiers owned by clusters.
MATCH (identifier)-[owned:OWNED_BY]->(cluster:Cluster)
RETURN collect(identifier.id) AS identifier, collect(cluster.id) AS cluster,
       collect(owned.holders_inside) AS holders_inside, collect(owned.holders) AS holders
