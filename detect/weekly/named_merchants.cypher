// The merchants that flags name, with the records that assert them.
// Parameters: $ids (merchant node ids). Returns id, name, records (ids), regions (owning regions).
// Bound: ids given.
UNWIND $ids AS id
MATCH (m:Merchant {id: id})
RETURN id, m.name AS name, m.records AS records, m.regions AS regions
