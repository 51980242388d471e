// Which of some node ids are merchants or labs, with their names.
// Parameters: $ids (node ids). Returns id, name. Bound: ids given.
UNWIND $ids AS wanted
OPTIONAL MATCH (m:Merchant {id: wanted})
OPTIONAL MATCH (l:TestLab {id: wanted})
WITH coalesce(m, l) AS found WHERE found IS NOT NULL
RETURN found.id AS id, coalesce(found.name, found.id) AS name
