// A node with every record about it, its relations with theirs, and what was concluded of it.
// Parameters: $id (node id), $relations (relation types to show), $limit (relations, at least 0).
// Returns node (properties), said (the properties of its records), relations (list of {type, start, end,
// properties, said}, by type and ends), total (number of its relations), findings (ids of open findings
// that name it), clusters (ids of the clusters it is a member of or is owned by).
// Bound: one row, in it $limit relations; a thing has as many records as sources spoke about it.
// Reads for the owner of the store, who sees all regions: never run it for a reader of the service.
MATCH (n:__LABEL__ {id: $id})
RETURN properties(n) AS node,
  COLLECT {
    UNWIND n.records AS record_id
    MATCH (record:Record {id: record_id})
    RETURN properties(record)
  } AS said,
  COUNT { (n)-[r]-() WHERE type(r) IN $relations } AS total,
  COLLECT {
    MATCH (n)-[r]-()
    WHERE type(r) IN $relations
    WITH DISTINCT r, type(r) AS type, startNode(r).id AS start, endNode(r).id AS end
    ORDER BY type, start, end, r.first_seen LIMIT $limit
    RETURN {
      type: type, start: start, end: end, properties: properties(r),
      said: COLLECT {
        UNWIND r.records AS record_id
        MATCH (record:Record {id: record_id})
        RETURN properties(record)
      }
    }
  } AS relations,
  COLLECT {
    MATCH (n)<-[:ABOUT]-(f:Finding)
    WHERE coalesce(f.status, 'open') = 'open'
    RETURN DISTINCT f.id AS id ORDER BY id
  } AS findings,
  COLLECT {
    MATCH (n)-[:MEMBER_OF|OWNED_BY]->(c:Cluster)
    RETURN DISTINCT c.id AS id ORDER BY id
  } AS clusters
