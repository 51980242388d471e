// Whether a cluster, past or present, is one of which the reader may see something.
// Parameters: $id (cluster id), $regions (regions the reader may see). Returns id. Bound: one row.
MATCH (c:Cluster {id: $id})
WHERE any(region IN c.regions WHERE region IN $regions)
RETURN c.id AS id
