// The records of declared relations of some merchants: parents, franchises, authorisations.
// Parameters: $members (merchant node ids), $as_of (ISO date), $limit (records), $regions (regions the
// reader may see).
// Returns one row per record: record (id). Bound: $limit records.
UNWIND $members AS id
MATCH (:Merchant {id: id})-[r:PARENT_OF|AUTHORISES]-(other:Merchant)
WHERE any(region IN r.regions WHERE region IN $regions)
  AND any(region IN other.regions WHERE region IN $regions)
  AND __KNOWN(r)__
UNWIND r.records AS record_id
MATCH (said:Record {id: record_id}) WHERE said.region IN $regions
RETURN DISTINCT said.id AS record ORDER BY record LIMIT $limit
