// Records by id, as far as the reader may see them.
// Parameters: $ids (record ids), $regions (regions the reader may see).
// Returns the properties of each record. Bound: the ids given.
UNWIND $ids AS id
MATCH (record:Record {id: id})
WHERE record.region IN $regions
RETURN properties(record) AS stored
