// Purpose: persons who stand behind several merchants, with what else those merchants share.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_subjects and
//   max_holders (merchants of one person).
// Returns: identifier_id, holders [{id, name, division, product_class, ties, others, roles, records,
//   regions}]; others are ids of the merchant's linkable identifiers, registered address excepted.
// Bound: one row per person with min_subjects..max_holders merchants; hundreds at most.
// The relation is gone through in the order in which it lies on disk; what it leads to is looked at once
//   several merchants share it (docs/adr/0016).
MATCH (m)-[r:REPRESENTED_BY]->(person)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH person, count(DISTINCT m) AS holders
WHERE holders >= $min_subjects AND holders <= $max_holders AND NOT person.id IN $hubs
MATCH (person)<-[r:REPRESENTED_BY]-(m:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH person, m, collect(r) AS links
WITH person, m, links,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties,
  COLLECT {
    MATCH (m)-[u:PAID_TO|USES_PHONE|SHIPS_FROM|RETURNS_TO|SENDS_WITH|USES_DEVICE]->(other)
    WHERE coalesce(other.is_linkable, true) AND NOT other.id IN $hubs
      AND u.first_seen <= $as_of AND (u.end_seen IS NULL OR u.end_seen > $as_of)
    RETURN DISTINCT other.id
  } AS others
ORDER BY m.id
RETURN person.id AS identifier_id,
  collect({id: m.id, name: m.name, division: m.division, product_class: m.product_class,
    ties: ties, others: others, roles: [l IN links | l.role],
    records: reduce(all = [], l IN links | all + l.records),
    regions: reduce(all = [], l IN links | all + l.regions)}) AS holders
ORDER BY identifier_id
