// How much a store holds. Parameters: none.
// Returns nodes (records among them) and relations. Bound: one row, from the store's own counts.
RETURN COUNT { MATCH (n) } AS nodes, COUNT { MATCH ()-[r]->() } AS relations
