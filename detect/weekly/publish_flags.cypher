// Writes flags once: a flag that is already there keeps what was announced.
// Parameters: $rows (list of maps: id, properties, clusters). Returns nothing. Bound: flags of one week.
UNWIND $rows AS row
MERGE (flag:Flag {id: row.id})
ON CREATE SET flag += row.properties
WITH flag, row
UNWIND row.clusters AS id
MATCH (cluster:Cluster {id: id})
MERGE (flag)-[:CONCERNS]->(cluster)
