// What a label of a cluster rests on: visible violation findings and declared relations of merchants.
// Parameters: $members (merchant node ids), $severity (least that counts), $as_of (ISO date), $regions (regions the reader may see).
// Returns violations (member, detector, severity), declared (pairs of merchants), violating and
// merchants (how many visible merchants have a visible violation finding, and how many there are).
// Bound: findings and declared relations of the members.
RETURN COLLECT {
  UNWIND $members AS id
  MATCH (:Merchant {id: id})<-[:ABOUT]-(f:Finding)
  WHERE f.is_violation AND f.severity >= $severity AND coalesce(f.status, 'open') = 'open'
    AND size(f.regions) > 0
    AND all(region IN f.regions WHERE region IN $regions)
  RETURN DISTINCT [id, f.detector, f.severity]
} AS violations, COLLECT {
  UNWIND $members AS id
  MATCH (:Merchant {id: id})-[r:PARENT_OF|AUTHORISES]-(other:Merchant)
  WHERE any(region IN r.regions WHERE region IN $regions)
    AND any(region IN other.regions WHERE region IN $regions)
    AND __KNOWN(r)__
  RETURN DISTINCT [id, other.id]
} AS declared, COUNT {
  MATCH (m:Merchant)<-[:ABOUT]-(f:Finding)
  WHERE f.is_violation AND f.severity >= $severity AND coalesce(f.status, 'open') = 'open'
    AND size(f.regions) > 0
    AND all(region IN f.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  RETURN DISTINCT m
} AS violating, COUNT {
  MATCH (m:Merchant) WHERE any(region IN m.regions WHERE region IN $regions)
} AS merchants
