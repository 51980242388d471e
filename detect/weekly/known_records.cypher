// Which of some records were known on a day, whose they are and when they came.
// Parameters: $ids (record ids), $as_of (ISO date). Returns id, region, day (ISO date). Bound: ids given.
MATCH (record:Record)
WHERE record.id IN $ids AND substring(record.retrieved_at, 0, 10) <= $as_of
RETURN record.id AS id, record.region AS region, substring(record.retrieved_at, 0, 10) AS day
