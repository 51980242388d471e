// What became of some clusters, or what they came from: steps between clusters, whoever may see them.
// Parameters: $ids (cluster ids), $since (ISO date, inclusive), $regions (regions the reader may see).
// Returns start, end (ids; of a cluster that may not be seen an empty text), kind, as_of, announced.
// Bound: steps of the clusters given.
UNWIND $ids AS id
MATCH (start:Cluster {id: id})-[step:BECAME]->(end:Cluster)
WHERE step.as_of >= $since AND any(region IN start.regions WHERE region IN $regions)
RETURN start.id AS start,
       CASE WHEN any(region IN end.regions WHERE region IN $regions) THEN end.id ELSE '' END AS end,
       step.kind AS kind, step.as_of AS as_of, step.announced AS announced
ORDER BY as_of, kind, start, end
