// Writes memberships with role, strength (0..1) and ties (JSON).
// Parameters: $rows (list of maps: merchant, cluster, properties). Returns nothing. Bound: members.
UNWIND $rows AS row
MATCH (merchant:Merchant {id: row.merchant})
MATCH (cluster:Cluster {id: row.cluster})
CREATE (merchant)-[membership:MEMBER_OF]->(cluster) SET membership = row.properties
