// Purpose: phones that several merchants use in any role (contact, sender, return).
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_subjects and
//   max_holders (merchants on one number).
// Returns: subjects (merchants known on that date), identifier_id, link_class,
//   holders [{id, name, division, classes, ties, roles, records, regions}]; ties are declared owners
//   and legal representatives.
// Bound: one row per linkable number with min_subjects..max_holders merchants; hundreds at most.
// The relation is gone through in the order in which it lies on disk; what it leads to is looked at once
//   several merchants share it (docs/adr/0016).
MATCH (everyone:Merchant) WHERE everyone.first_seen <= $as_of
WITH count(everyone) AS subjects
MATCH (m)-[r:USES_PHONE]->(phone)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, phone, count(DISTINCT m) AS holders
WHERE holders >= $min_subjects AND holders <= $max_holders
  AND phone.is_linkable = true AND NOT phone.id IN $hubs
MATCH (phone)<-[r:USES_PHONE]-(m:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, phone, m, collect(r) AS uses
WITH subjects, phone, m, uses,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS owners,
  COLLECT {
    MATCH (m)-[rep:REPRESENTED_BY {role: 'legal_rep'}]->(person:Person)
    WHERE rep.first_seen <= $as_of AND (rep.end_seen IS NULL OR rep.end_seen > $as_of)
      AND NOT person.id IN $hubs
    RETURN DISTINCT person.id
  } AS reps
ORDER BY m.id
RETURN subjects, phone.id AS identifier_id, phone.link_class AS link_class,
  collect({id: m.id, name: m.name, division: m.division, classes: [m.product_class],
    ties: owners + reps, roles: [u IN uses | u.role],
    records: reduce(all = [], u IN uses | all + u.records),
    regions: reduce(all = [], u IN uses | all + u.regions)}) AS holders
ORDER BY identifier_id
