// Purpose: addresses at which many firms are registered, with each firm's date and legal
//   representatives, and how many firms an ordinary address of the same province has.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_firms (firms).
// Returns: identifier_id, as_of (ISO date), province_mean (firms per
//   address, over addresses below min_firms), firms [{id, name,
//   registered_on, reps, ties, records, regions}]; reps are Person ids, ties declared owners.
// Bound: one row per linkable address with at least min_firms firms; tens to hundreds.
// The relation is gone through in the order in which it lies on disk; what it leads to is looked at once
//   several merchants share it (docs/adr/0016).
MATCH (m)-[r:REGISTERED_AT]->(a)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
  AND m.registered_on IS NOT NULL AND m.registered_on <= $as_of
WITH a, count(m) AS firms WHERE a.is_linkable = true
WITH substring(coalesce(a.division, ''), 0, 2) AS province, 
  coalesce(avg(CASE WHEN firms < $min_firms THEN firms END), 1.0) AS province_mean,
  collect(CASE WHEN firms >= $min_firms THEN a END) AS crowded
UNWIND crowded AS a
WITH province_mean, a WHERE NOT a.id IN $hubs
MATCH (a)<-[r:REGISTERED_AT]-(m:Merchant)
WHERE m.registered_on IS NOT NULL AND m.registered_on <= $as_of
  AND r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH province_mean, a, r, m,
  COLLECT {
    MATCH (m)-[rep:REPRESENTED_BY {role: 'legal_rep'}]->(person:Person)
    WHERE rep.first_seen <= $as_of AND (rep.end_seen IS NULL OR rep.end_seen > $as_of)
    RETURN {id: person.id, records: rep.records, regions: rep.regions}
  } AS reps,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties
ORDER BY m.registered_on, m.id
RETURN a.id AS identifier_id, $as_of AS as_of, province_mean,
  collect({id: m.id, name: m.name, registered_on: m.registered_on, ties: ties,
    reps: [x IN reps | x.id],
    records: r.records + reduce(all = [], x IN reps | all + x.records),
    regions: r.regions + reduce(all = [], x IN reps | all + x.regions)}) AS firms
ORDER BY identifier_id
