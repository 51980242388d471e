// The visible states of some certificates.
// Parameters: $ids (certificate node ids), $regions (regions the reader may see).
// Returns id (of the certificate), type, stored and said of each state (see nodes.cypher).
// Bound: states of the certificates given.
UNWIND $ids AS id
MATCH (c:Certificate {id: id})-[r:HAS_STATUS]->(n:CertificateStatus)
WHERE any(region IN c.regions WHERE region IN $regions)
  AND any(region IN r.regions WHERE region IN $regions)
  AND any(region IN n.regions WHERE region IN $regions)
RETURN id, 'CertificateStatus' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said
