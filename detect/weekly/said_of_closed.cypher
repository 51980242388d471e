// Merchants that are closed on a date by what is known today, with what was known on that date.
// Parameters: $as_of (ISO date). Returns id, said (retrieved at, record id, payload of the records known
// then); only merchants some of whose records came later. Bound: merchants in the store.
MATCH (m:Merchant) WHERE m.closed_on <= $as_of
CALL (m) {
  UNWIND m.records AS record_id
  MATCH (record:Record {id: record_id})
  RETURN collect([record.retrieved_at, record.id, record.payload]) AS all_said
}
WITH m, [each IN all_said WHERE substring(each[0], 0, 10) <= $as_of] AS said, all_said
WHERE size(said) < size(all_said)
RETURN m.id AS id, said
