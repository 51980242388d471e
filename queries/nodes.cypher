// Nodes by id, as far as the reader may see them.
// Parameters: $ids (type name -> list of node ids), $regions (regions the reader may see).
// Returns type, stored (all properties), said (retrieved at, id and payload of the visible records;
// empty when every region that speaks of the node is visible, and the stored values may be shown).
// Bound: the ids given.
UNWIND $ids.__LABEL__ AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN '__LABEL__' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
