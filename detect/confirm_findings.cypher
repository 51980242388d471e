// Notes that findings were found again as they were.
// Parameters: $ids (finding ids), $as_of (ISO date). Returns nothing. Bound: ids given.
UNWIND $ids AS id
MATCH (finding:Finding {id: id})
SET finding.as_of = $as_of
