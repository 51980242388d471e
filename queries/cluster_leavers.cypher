// Merchants that are no member of a cluster and lost a relation to what ties it, as far as the reader may
// see them.
// Parameters: $ids (type name -> ids of identifiers), $relations (relation types), $members (ids of those
// who are members), $from (ISO date, exclusive), $to (ISO date, inclusive), $limit (rows), $regions
// (regions the reader may see).
// Returns merchant (id). Relations of which others spoke too are taken along: what their reader sees of
// them tells.
// Bound: $limit merchants per type of identifier.
UNWIND $ids.__LABEL__ AS id
MATCH (i:__LABEL__ {id: id})<-[r]-(m:Merchant)
WHERE type(r) IN $relations AND NOT m.id IN $members
  AND any(region IN i.regions WHERE region IN $regions)
  AND any(region IN r.regions WHERE region IN $regions)
  AND any(region IN m.regions WHERE region IN $regions)
  AND (NOT all(region IN r.regions WHERE region IN $regions)
       OR (r.first_seen <= $from AND r.end_seen > $from AND r.end_seen <= $to))
WITH DISTINCT m.id AS merchant ORDER BY merchant LIMIT $limit
RETURN merchant
