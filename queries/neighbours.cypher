// What some things of one type are next to, themselves or through who runs them, as far as the reader
// may see it.
// Parameters: $ids (type name -> list of node ids), $relations (relation types), $node_types (types of
// the neighbours, null for all), $scan_stop (relations read per thing: the bound and one), $scan_limit
// (relations of a thing up to which those withheld are counted), $regions (regions the reader may see).
// Returns id, withheld (relations of the thing the reader may not see; null where there are too many to
// count) and near: neighbour's id and element, element of the relation, and the id of who runs the
// thing where the relation is his. Bound: $scan_stop relations per thing.
UNWIND $ids.__LABEL__ AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN n.id AS id,
CASE WHEN COUNT { (n)--() } <= $scan_limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($node_types IS NULL OR head(labels(m)) IN $node_types)
    AND NOT (any(region IN r.regions WHERE region IN $regions)
             AND any(region IN m.regions WHERE region IN $regions))
} END AS withheld,
COLLECT {
  MATCH (n)-[r]-(m)
  WHERE type(r) IN $relations
    AND ($node_types IS NULL OR head(labels(m)) IN $node_types)
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  RETURN [m.id, elementId(m), elementId(r), null] LIMIT $scan_stop
} AS near,
COLLECT {
  MATCH (n)<-[runs:OPERATES|OPERATES_ROOM]-(who:Merchant)-[r]-(m)
  WHERE type(r) IN $relations AND m <> n
    AND ($node_types IS NULL OR head(labels(m)) IN $node_types)
    AND any(region IN runs.regions WHERE region IN $regions)
    AND any(region IN who.regions WHERE region IN $regions)
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  RETURN [m.id, elementId(m), elementId(r), who.id] LIMIT $scan_stop
} AS nearer
