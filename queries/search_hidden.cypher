// How much the search index has that a reader may not see.
// Parameters: $index (full-text index), $hidden (Lucene query, see search_lucene.py), $least (pieces a
// match holds at least), $limit (things counted), $regions (regions the reader may see).
// Returns withheld. Bound: one row; counts up to $limit.
// The query leaves the regions out too: they are checked here again, so that access is no matter of text.
CALL db.index.fulltext.queryNodes($index, $hidden, {limit: $limit}) YIELD node, score
WHERE score >= $least AND none(region IN node.regions WHERE region IN $regions)
RETURN count(node) AS withheld
