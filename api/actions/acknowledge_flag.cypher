// Notes that a reader has seen a flag; the first note of a reader on a flag stays.
// Parameters: $id (of the note), $flag (id), $properties (of the note), $regions (regions the reader may
// see: as in the list of flags, any of those that are shown a part of it).
// Returns id, at (ISO time). Bound: one row, none for a flag that is absent or not visible.
MATCH (f:Flag {id: $flag})
WHERE CASE WHEN f.seen_by IS NULL
  THEN size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
  ELSE any(region IN f.seen_by WHERE region IN $regions) END
MERGE (a:FlagAcknowledgement {id: $id}) ON CREATE SET a += $properties
RETURN a.id AS id, a.at AS at
