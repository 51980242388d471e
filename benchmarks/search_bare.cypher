// What the full-text index alone takes: things that hold any word of a text.
// Parameters: $index (full-text index), $lucene (quoted text).
// Returns id. Bound: 20 rows.
CALL db.index.fulltext.queryNodes($index, $lucene, {limit: 20}) YIELD node
RETURN node.id AS id
