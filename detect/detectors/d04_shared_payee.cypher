// Purpose: payee accounts into which several merchants are paid.
// Parameters: as_of (ISO date), hubs (ids of identifiers held harmless), min_subjects and
//   max_holders (merchants on one account).
// Returns: subjects (merchants known on that date), identifier_id, payee_class,
//   holders [{id, name, division, ties, records, regions}].
// Bound: one row per account with min_subjects..max_holders merchants, less those of platforms,
//   payment companies and livestream agencies; hundreds at most.
// The relation is gone through in the order in which it lies on disk; what it leads to is looked at once
//   several merchants share it (docs/adr/0016).
MATCH (everyone:Merchant) WHERE everyone.first_seen <= $as_of
WITH count(everyone) AS subjects
MATCH ()-[r:PAID_TO]->(account)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, account, count(r) AS holders
WHERE holders >= $min_subjects AND holders <= $max_holders
  AND coalesce(account.payee_class, 'own') = 'own' AND NOT account.id IN $hubs
MATCH (account)<-[r:PAID_TO]-(m:Merchant)
WHERE r.first_seen <= $as_of AND (r.end_seen IS NULL OR r.end_seen > $as_of)
WITH subjects, account, r, m,
  COLLECT {
    MATCH (owner:Merchant)-[own:PARENT_OF*1..2]->(m)
    WHERE all(x IN own WHERE x.first_seen <= $as_of
      AND (x.end_seen IS NULL OR x.end_seen > $as_of))
    RETURN DISTINCT owner.id
  } AS ties
ORDER BY m.id
RETURN subjects, account.id AS identifier_id, account.payee_class AS payee_class,
  collect({id: m.id, name: m.name, division: m.division, ties: ties,
    records: r.records, regions: r.regions}) AS holders
ORDER BY identifier_id
