// Which clusters some merchants are members of, as far as the merchants may be seen.
// Parameters: $ids (merchant node ids), $regions (regions the reader may see).
// Returns merchant, clusters (ids; whether a reader may see them is decided on their ties).
// Bound: clusters of the merchants given.
UNWIND $ids AS id
MATCH (m:Merchant {id: id})-[:MEMBER_OF]->(c:Cluster)
WHERE any(region IN m.regions WHERE region IN $regions)
RETURN m.id AS merchant, collect(c.id) AS clusters
