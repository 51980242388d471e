// Writes what became of which cluster in a week, once.
// Parameters: $rows (list of maps: start, end, kind, as_of, announced). Returns nothing. Bound: clusters.
UNWIND $rows AS row
MATCH (start:Cluster {id: row.start})
MATCH (end:Cluster {id: row.end})
MERGE (start)-[step:BECAME {kind: row.kind, as_of: row.as_of}]->(end)
SET step.announced = row.announced
