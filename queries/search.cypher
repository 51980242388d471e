// What the search index proposes to a reader, best first.
// Parameters: $index (full-text index), $visible (Lucene query, see search_lucene.py), $limit (things
// proposed), $regions (regions the reader may see).
// Returns found (list of [score, type, stored, said], highest score first; stored and said as in
// nodes.cypher).
// The query asks for the regions too: they are checked here again, so that access is no matter of text.
// Bound: one row, in it $limit things.
CALL db.index.fulltext.queryNodes($index, $visible, {limit: $limit}) YIELD node AS n, score
WITH n, score, size([region IN n.regions WHERE region IN $regions]) AS seen
WHERE seen > 0
RETURN collect([score, head(labels(n)), properties(n),
  CASE WHEN seen = size(n.regions) THEN [] ELSE COLLECT {
    UNWIND n.records AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  } END]) AS found
