// The neighbours of some nodes, as far as the reader may see them: one round of a search for ways.
// Parameters: $elements (the store's own names of the nodes), $relations (relation types), $as_of (ISO
// date, null for whenever), $in_stop and $out_stop (relations read per node that lead to it and leave
// it: one more than a node may have and not be a hub), $regions (regions the reader may see).
// Returns element, incoming and outgoing: of each relation the neighbour's id and element, the
// relation's type, role and element, and whether both were known on the date (null where only the
// visible records can tell). Bound: $in_stop + $out_stop relations per node.
UNWIND $elements AS element
MATCH (n) WHERE elementId(n) = element
CALL (n) {
  MATCH (n)<-[r]-(m)
  WHERE type(r) IN $relations
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m LIMIT $in_stop
  RETURN collect([m.id, elementId(m), type(r), coalesce(r.role, ''), elementId(r),
    CASE WHEN $as_of IS NULL THEN true
         WHEN all(region IN r.regions WHERE region IN $regions)
          AND all(region IN m.regions WHERE region IN $regions)
         THEN r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
          AND m.first_seen <= $as_of END]) AS incoming
}
CALL (n) {
  MATCH (n)-[r]->(m)
  WHERE type(r) IN $relations
    AND any(region IN r.regions WHERE region IN $regions)
    AND any(region IN m.regions WHERE region IN $regions)
  WITH r, m LIMIT $out_stop
  RETURN collect([m.id, elementId(m), type(r), coalesce(r.role, ''), elementId(r),
    CASE WHEN $as_of IS NULL THEN true
         WHEN all(region IN r.regions WHERE region IN $regions)
          AND all(region IN m.regions WHERE region IN $regions)
         THEN r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
          AND m.first_seen <= $as_of END]) AS outgoing
}
RETURN element, incoming, outgoing
