// What records known on a day say of the merchants that flags name.
// Parameters: $ids (merchant node ids), $as_of (ISO date).
// Returns id, name, regions (of the node), said (retrieved at, record id, payload, region).
// Bound: ids given.
UNWIND $ids AS id
MATCH (m:Merchant {id: id})
RETURN id, m.name AS name, m.regions AS regions, COLLECT {
  UNWIND m.records AS record_id
  MATCH (record:Record {id: record_id}) WHERE substring(record.retrieved_at, 0, 10) <= $as_of
  RETURN [record.retrieved_at, record.id, record.payload, record.region]
} AS said
