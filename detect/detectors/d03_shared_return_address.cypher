// Purpose: addresses to which the goods of several merchants are returned.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_subjects and
//   max_holders (merchants at one address).
// Returns: subjects (merchants known on that date), identifier_id, level (precision of the address),
//   holders [{id, name, division, classes, ties, records, regions}]; ties are parents and those who
//   authorise the merchant.
// Bound: one row per linkable address with min_subjects..max_holders merchants; hundreds at most.
// The relation is gone through in the order in which it lies on disk; what it leads to is looked at once
//   several merchants share it (docs/adr/0016).
MATCH (everyone:Merchant) WHERE everyone.first_seen <= $as_of
WITH count(everyone) AS subjects
MATCH ()-[r:RETURNS_TO]->(a)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, a, count(r) AS holders
WHERE holders >= $min_subjects AND holders <= $max_holders
  AND a.is_linkable = true AND NOT a.id IN $hubs
MATCH (a)<-[r:RETURNS_TO]-(m:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, a, r, m,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF|AUTHORISES*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties
ORDER BY m.id
RETURN subjects, a.id AS identifier_id, a.level AS level,
  collect({id: m.id, name: m.name, division: m.division, classes: [m.product_class],
    ties: ties, records: r.records, regions: r.regions}) AS holders
ORDER BY identifier_id
