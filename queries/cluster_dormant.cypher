// Which of some clusters nobody is in at present: they were not found lately and may come back.
// Parameters: $ids (cluster ids), $regions (regions the reader may see). Returns id. Bound: ids given.
UNWIND $ids AS id
MATCH (c:Cluster {id: id})
WHERE any(region IN c.regions WHERE region IN $regions) AND NOT EXISTS { (c)<-[:MEMBER_OF]-() }
RETURN c.id AS id
