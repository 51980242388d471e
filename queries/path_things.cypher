// Things met by a search for ways, as far as the reader may see them.
// Parameters: $elements (the store's own names of nodes), $regions (regions the reader may see).
// Returns type, stored and said (see nodes.cypher). Bound: the things given.
UNWIND $elements AS element
MATCH (n) WHERE elementId(n) = element AND any(region IN n.regions WHERE region IN $regions)
RETURN head(labels(n)) AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
