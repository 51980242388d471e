// What is known of one merchant, section by section, as far as the reader may see it.
// Parameters: $id (merchant node id), $as_of (ISO date), $sections (list of maps: name, relations,
// types of the other end), $limit (rows per section), $scan_stop (relations read per section),
// $scan_limit (relations up to which those withheld are counted), $record_limit (records of the
// merchant), $finding_limit (findings), $regions (regions the reader may see).
// Returns type, stored and said of the merchant (see nodes.cypher), records (its visible records:
// retrieved at, id, payload), above and below (declared parents and children within three steps: depth,
// and the last relation and its far end, see expand.cypher), sections (name, scanned, steps as in expand.cypher,
// each with flags: the detectors with an open finding about the other end), findings (properties of
// open ones, worst first), clusters (ids it is stored in), withheld (relations the reader may not see;
// null where there are too many to count).
// Bound: $limit rows per section.
MATCH (n:Merchant {id: $id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN 'Merchant' AS type, properties(n) AS stored, COLLECT {
  UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  RETURN [record.retrieved_at, record.id, record.payload]
} AS said,
COLLECT {
  UNWIND n.records AS record_id
  MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
  WITH record ORDER BY record.retrieved_at DESC, record.id LIMIT $record_limit
  RETURN [record.retrieved_at, record.id, record.payload]
} AS records,
COLLECT {
  MATCH way = (n)<-[:PARENT_OF*1..3]-(m:Merchant)
  WHERE m <> n
    AND all(r IN relationships(way) WHERE any(region IN r.regions WHERE region IN $regions))
    AND all(x IN nodes(way) WHERE any(region IN x.regions WHERE region IN $regions))
  WITH way, m LIMIT $scan_stop
  WITH DISTINCT last(relationships(way)) AS r, m, length(way) AS depth
  ORDER BY depth, m.id LIMIT $limit
  RETURN {depth: depth, start: startNode(r).id, end: endNode(r).id,
    type: type(r), relation: properties(r), relation_said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: 'Merchant', other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS above,
COLLECT {
  MATCH way = (n)-[:PARENT_OF*1..3]->(m:Merchant)
  WHERE m <> n
    AND all(r IN relationships(way) WHERE any(region IN r.regions WHERE region IN $regions))
    AND all(x IN nodes(way) WHERE any(region IN x.regions WHERE region IN $regions))
  WITH way, m LIMIT $scan_stop
  WITH DISTINCT last(relationships(way)) AS r, m, length(way) AS depth
  ORDER BY depth, m.id LIMIT $limit
  RETURN {depth: depth, start: startNode(r).id, end: endNode(r).id,
    type: type(r), relation: properties(r), relation_said: COLLECT {
      UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }, other_type: 'Merchant', other: properties(m), other_said: COLLECT {
      UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    }}
} AS below,
COLLECT {
  UNWIND $sections AS section
  CALL (n, section) {
    MATCH (n)-[r]-(m)
    WHERE type(r) IN section.relations AND head(labels(m)) IN section.types
      AND any(region IN r.regions WHERE region IN $regions)
      AND any(region IN m.regions WHERE region IN $regions)
    WITH r, m LIMIT $scan_stop
    RETURN collect([r, m]) AS seen
  }
  RETURN {name: section.name, scanned: size(seen), steps: COLLECT {
    UNWIND seen AS pair
    WITH pair[0] AS r, pair[1] AS m
    WHERE NOT (all(region IN r.regions WHERE region IN $regions)
               AND all(region IN m.regions WHERE region IN $regions))
       OR (r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
           AND m.first_seen <= $as_of)
    WITH r, m ORDER BY type(r), m.id, coalesce(r.role, '') LIMIT $scan_stop
    RETURN {type: type(r), is_out: startNode(r) = n, relation: properties(r), relation_said: COLLECT {
        UNWIND CASE WHEN all(region IN r.regions WHERE region IN $regions) THEN [] ELSE r.records END AS record_id
        MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
        RETURN [record.retrieved_at, record.id, record.payload]
      }, other_type: head(labels(m)), other: properties(m), other_said: COLLECT {
        UNWIND CASE WHEN all(region IN m.regions WHERE region IN $regions) THEN [] ELSE m.records END AS record_id
        MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
        RETURN [record.retrieved_at, record.id, record.payload]
      }, flags: COLLECT {
        MATCH (m)<-[:ABOUT]-(f:Finding)
        WHERE coalesce(f.status, 'open') = 'open' AND size(f.regions) > 0
          AND all(region IN f.regions WHERE region IN $regions)
        RETURN DISTINCT f.detector AS detector ORDER BY detector LIMIT 20
      }}
  }}
} AS sections,
COLLECT {
  MATCH (n)<-[:ABOUT]-(f:Finding)
  WHERE coalesce(f.status, 'open') = 'open' AND size(f.regions) > 0
    AND all(region IN f.regions WHERE region IN $regions)
  WITH DISTINCT f ORDER BY f.severity DESC, f.id LIMIT $finding_limit
  RETURN properties(f)
} AS findings,
COLLECT { MATCH (n)-[:MEMBER_OF]->(c:Cluster) RETURN DISTINCT c.id AS id ORDER BY id } AS clusters,
CASE WHEN COUNT { (n)--() } <= $scan_limit THEN COUNT {
  MATCH (n)-[r]-(m)
  WHERE r.regions IS NOT NULL AND NOT (any(region IN r.regions WHERE region IN $regions)
                                       AND any(region IN m.regions WHERE region IN $regions))
} END AS withheld
