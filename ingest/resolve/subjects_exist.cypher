// Which of some node ids are merchants, labs or addresses that a reader sees, with their names.
// Parameters: $ids (node ids), $regions (regions the reader may see, null for all).
// Returns id, name. Bound: ids given.
UNWIND $ids AS wanted
OPTIONAL MATCH (m:Merchant {id: wanted})
OPTIONAL MATCH (l:TestLab {id: wanted})
OPTIONAL MATCH (p:Address {id: wanted})
WITH coalesce(m, l, p) AS found
WHERE found IS NOT NULL
  AND ($regions IS NULL OR any(region IN found.regions WHERE region IN $regions))
RETURN found.id AS id, coalesce(found.name, found.text, found.id) AS name
