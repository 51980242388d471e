// The register of legitimate hubs, as far as the reader may see it.
// Parameters: $limit (registrations), $regions (regions the reader may see).
// A phone is registered by its number, or by what follows the type in its id.
// Returns node (id of the thing registered; null for one that is not here), type, stored and said of
// the registration (see nodes.cypher). Bound: $limit registrations, in order of their id.
MATCH (n:HubRegistration)
WHERE any(region IN n.regions WHERE region IN $regions)
WITH n ORDER BY n.id LIMIT $limit
RETURN CASE n.identifier_type
         WHEN 'Phone' THEN coalesce(
           head(COLLECT { MATCH (p:Phone {id: 'Phone:' + n.identifier_key}) RETURN p.id }),
           head(COLLECT { MATCH (p:Phone {number: n.identifier_key}) RETURN p.id })
         )
         ELSE n.identifier_type + ':' + n.identifier_key
       END AS node, 'HubRegistration' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
