// Some merchants and their relations to what ties a cluster, as far as the reader may see them.
// Parameters: $merchants (ids), $identifiers (ids), $relations (relation types), $limit (relations of each
// merchant), $regions (regions the reader may see).
// Returns type, stored and said of the merchant (see nodes.cypher), steps (its relations to the
// identifiers, those known to have ended too, in order of the other end; as in expand.cypher).
// Bound: the merchants given, $limit relations each.
UNWIND $merchants AS id
MATCH (n:Merchant {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN 'Merchant' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said, COLLECT {
  MATCH (n)-[r]->(m)
  WHERE type(r) IN $relations AND m.id IN $identifiers
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m ORDER BY m.id, type(r), coalesce(r.role, '') LIMIT $limit
  RETURN {type: type(r), is_out: true, relation: properties(r), relation_said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: head(labels(m)), other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS steps
