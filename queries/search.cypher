// Things whose searchable text matches a query, as far as the reader may see them.
// The index holds the stored values only. Where others have spoken of a thing too, what the reader may
// see of it can differ from what is stored: such things are looked through by their visible records.
// Parameters: $index (full-text index), $lucene (escaped query), $grams (lower-case pieces of the
// query, for the order), $properties (searchable properties), $types (entity types), $limit (rows),
// $regions (regions the reader may see).
// Returns withheld (matches the reader may not see), found (the best matches, most pieces first, then
// by id: neither order nor choice depends on what the reader may not see).
// Bound: $limit things.
CALL () {
  CALL () {
    CALL db.index.fulltext.queryNodes($index, $lucene) YIELD node AS n
    RETURN n
    UNION
    MATCH (n:__LABELS__)
    WHERE size(n.regions) > 1 AND any(region IN n.regions WHERE region IN $regions)
      AND any(region IN n.regions WHERE NOT region IN $regions)
    RETURN n
  }
  WITH n, any(region IN n.regions WHERE region IN $regions) AS is_visible,
       all(region IN n.regions WHERE region IN $regions) AS is_whole
  WHERE head(labels(n)) IN $types
  WITH n, is_visible, CASE
    WHEN NOT is_visible THEN ''
    WHEN is_whole THEN reduce(text = '', name IN $properties | text + ' ' + coalesce(n[name], ''))
    ELSE reduce(text = '', payload IN COLLECT {
      UNWIND n.records AS record_id
      MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
      RETURN record.payload
    } | text + ' ' + payload) END AS text
  WITH n, is_visible,
       size([gram IN $grams WHERE toLower(text) CONTAINS gram]) AS pieces
  WHERE pieces > 0 OR NOT is_visible
  WITH n, is_visible, pieces ORDER BY is_visible DESC, pieces DESC, n.id
  RETURN count(CASE WHEN NOT is_visible THEN 1 END) AS withheld,
         collect(CASE WHEN is_visible THEN n END)[0..$limit] AS best
}
RETURN withheld, COLLECT {
  UNWIND best AS n
  RETURN {type: head(labels(n)), stored: properties(n), said: COLLECT {
    UNWIND CASE WHEN all(region IN n.regions WHERE region IN $regions) THEN [] ELSE n.records END AS record_id
    MATCH (record:Record {id: record_id}) WHERE record.region IN $regions
    RETURN [record.retrieved_at, record.id, record.payload]
  }}
} AS found
