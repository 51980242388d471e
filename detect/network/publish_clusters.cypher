// Writes published clusters; a cluster keeps its node from run to run.
// Parameters: $rows (list of maps: id, properties). Returns nothing. Bound: published clusters.
UNWIND $rows AS row
MERGE (cluster:Cluster {id: row.id})
ON CREATE SET cluster.first_published = row.properties.as_of
SET cluster += row.properties
