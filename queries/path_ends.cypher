// Where a search for ways begins: nodes by id that the reader may see.
// Parameters: $ids (type name -> list of node ids), $regions (regions the reader may see).
// Returns id, element (the store's own name of the node). Bound: the ids given.
UNWIND $ids.__LABEL__ AS id
MATCH (n:__LABEL__ {id: id})
WHERE any(region IN n.regions WHERE region IN $regions)
RETURN n.id AS id, elementId(n) AS element
