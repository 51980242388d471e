// The visible records of one relation between two visible nodes.
// Parameters: $from, $to (node ids), $relation (relation type), $role (value that tells parallel
// relations apart, '' for none), $regions (regions the reader may see).
// Returns the properties of each record. Bound: the records of one relation.
MATCH (a:__LABEL__ {id: $from})-[r]->(b {id: $to})
WHERE type(r) = $relation AND coalesce(r.role, '') = $role
  AND any(region IN a.regions WHERE region IN $regions)
  AND any(region IN b.regions WHERE region IN $regions)
  AND any(region IN r.regions WHERE region IN $regions)
UNWIND r.records AS id
MATCH (record:Record {id: id})
WHERE record.region IN $regions
RETURN DISTINCT properties(record) AS stored
