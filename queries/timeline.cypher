// What is dated about one thing and what it is next to, as far as the reader may see it.
// Parameters: $id (node id), $too_many (types of things that are only counted, by month), $limit
// (relations read), $state_limit (states of certificates), $said_limit (findings, flags and counts),
// $regions (regions the reader may see).
// Returns type, stored and said of the thing (see nodes.cypher); steps (relations with the thing at
// their other end, as in expand.cypher); states (of certificates next to it: type, stored and said,
// and element of the certificate); complaints (visible in whole: month and number) and complaint_said
// (the others, with their visible records); findings and flags (properties; only those all of whose
// regions are visible); withheld (relations the reader may not see, null beyond $limit).
// Bound: the limits given.
MATCH (n:__LABEL__ {id: $id})
WHERE any(region IN n.regions WHERE region IN $regions)
CALL (n) {
  MATCH (n)-[r]-(m)
  WHERE any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
    AND NOT head(labels(m)) IN $too_many
  WITH r, m LIMIT $limit
  RETURN collect([r, m]) AS seen
}
RETURN '__LABEL__' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said,
COLLECT {
  UNWIND seen AS pair
  WITH pair[0] AS r, pair[1] AS m
  RETURN {type: type(r), is_out: startNode(r) = n, relation: properties(r), relation_said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: head(labels(m)), other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS steps,
COLLECT {
  UNWIND seen AS pair
  WITH pair[1] AS c
  WHERE c:Certificate AND NOT n:CertificateStatus
  WITH DISTINCT c
  MATCH (c)-[r:HAS_STATUS]->(s:CertificateStatus)
  WHERE any(region IN r.regions WHERE region IN $regions)
    AND any(region IN s.regions WHERE region IN $regions)
  WITH s ORDER BY s.id LIMIT $state_limit
  RETURN {type: 'CertificateStatus', stored: properties(s), said: COLLECT {
    UNWIND CASE WHEN all(region IN s.regions WHERE region IN $regions) THEN [] ELSE s.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS states,
COLLECT {
  MATCH (n)<-[r:COMPLAINS_ABOUT]-(m:Complaint)
  WHERE all(region IN r.regions WHERE region IN $regions)
    AND all(region IN m.regions WHERE region IN $regions) AND m.received_on IS NOT NULL
  WITH substring(m.received_on, 0, 7) AS month, count(*) AS number, max(m.first_seen) AS learned
  RETURN {month: month, number: number, learned: learned} ORDER BY month DESC LIMIT $said_limit
} AS complaints,
COLLECT {
  MATCH (n)<-[r:COMPLAINS_ABOUT]-(m:Complaint)
  WHERE any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
    AND NOT (all(region IN r.regions WHERE region IN $regions)
             AND all(region IN m.regions WHERE region IN $regions))
  WITH m ORDER BY m.id LIMIT $said_limit
  RETURN {type: 'Complaint', stored: properties(m), said: COLLECT {
    UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS complaint_said,
COLLECT {
  MATCH (n)<-[:ABOUT]-(f:Finding)
  WHERE size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
  WITH DISTINCT f ORDER BY f.first_found DESC, f.id LIMIT $said_limit
  RETURN properties(f)
} AS findings,
COLLECT {
  MATCH (f:Flag)
  WHERE $id IN f.member_ids AND coalesce(f.announced, false)
    AND CASE WHEN f.seen_by IS NULL
      THEN size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
      ELSE any(region IN f.seen_by WHERE region IN $regions) END
  WITH f ORDER BY f.as_of DESC, f.id LIMIT $said_limit
  RETURN properties(f)
} AS flags,
CASE WHEN COUNT { (n)--() } <= $limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE r.regions IS NOT NULL AND NOT (any(region IN r.regions WHERE region IN $regions)
                                       AND any(region IN m.regions WHERE region IN $regions))
} END AS withheld
