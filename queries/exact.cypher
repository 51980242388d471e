// Things that carry an identifier, as far as the reader may see them.
// Parameters: $exact (<type>_<property> -> the cleaned identifier, or absent), $limit (rows per
// property), $regions (regions the reader may see).
// The index is named: by its own estimate the planner may read all of a label in the order of ids instead.
// Returns type, stored and said (see nodes.cypher). Bound: $limit rows per property.
CALL () {
  MATCH (n:__LABEL__) USING INDEX n:__LABEL__(__PROPERTY__) WHERE n.__PROPERTY__ = $exact.__LABEL_____PROPERTY__
    AND any(region IN n.regions WHERE region IN $regions)
  RETURN n ORDER BY n.id LIMIT $limit
}
RETURN '__LABEL__' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
