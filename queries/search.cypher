// What the search index proposes to a reader, best first, and how much it has that he may not see.
// Parameters: $index (full-text index), $visible and $hidden (Lucene queries, see search_lucene.py),
// $least (pieces a hidden match holds at least), $limit (things proposed, things counted), $regions
// (regions the reader may see).
// Returns withheld (matches the reader may not see, counted up to $limit) and found (list of [score,
// type, stored, said], highest score first; stored and said as in nodes.cypher).
// Both queries ask for the regions too: they are checked here again, so that access is no matter of text.
// Bound: one row, in it $limit things.
CALL () {
  CALL db.index.fulltext.queryNodes($index, $hidden, {limit: $limit}) YIELD node, score
  WHERE score >= $least AND none(region IN node.regions WHERE region IN $regions)
  RETURN count(node) AS withheld
}
CALL () {
  CALL db.index.fulltext.queryNodes($index, $visible, {limit: $limit}) YIELD node AS n, score
  WITH n, score, size([region IN n.regions WHERE region IN $regions]) AS seen
  WHERE seen > 0
  RETURN collect([score, head(labels(n)), properties(n),
    CASE WHEN seen = size(n.regions) THEN [] ELSE COLLECT {
      UNWIND n.records AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN [record.retrieved_at, record.id, record.payload]
    } END]) AS found
}
RETURN withheld, found
