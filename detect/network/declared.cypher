// Declared relations between merchants that touch a list of them: parents, franchises, authorisations.
// Parameters: $members (merchant node ids), $as_of (ISO date).
// Returns pairs a, b of merchant node ids. Bound: declared relations of the members.
UNWIND $members AS id
MATCH (m:Merchant {id: id})-[r:PARENT_OF|AUTHORISES]-(other:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
RETURN DISTINCT id AS a, other.id AS b
