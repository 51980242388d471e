// Relations on ways that were found, with their two ends as far as the reader may see them.
// Parameters: $elements (the store's own names of relations), $regions (regions the reader may see).
// Returns element, type, start and end (node ids), stored and said (see nodes.cypher) of the relation,
// and nodes (type, stored and said of each end).
// Bound: the relations given.
UNWIND $elements AS element
MATCH (a)-[r]->(b)
WHERE elementId(r) = element
  AND any(region IN r.regions WHERE region IN $regions)
  AND any(region IN a.regions WHERE region IN $regions)
  AND any(region IN b.regions WHERE region IN $regions)
RETURN element, type(r) AS type, a.id AS start, b.id AS end, properties(r) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said, COLLECT {
  UNWIND [a, b] AS n
  RETURN {type: head(labels(n)), stored: properties(n), said: COLLECT {
    UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS nodes
