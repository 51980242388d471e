// How many holders some things have, as far as the reader may see them.
// Parameters: $elements (the store's own names of nodes), $stop (holders counted at most), $regions
// (regions the reader may see).
// Returns element and holders (relations that lead to the thing, at most $stop).
// Bound: the things given.
UNWIND $elements AS element
MATCH (n) WHERE elementId(n) = element
RETURN element, COUNT {
  MATCH (n)<-[held]-(holder)
  WHERE any(region IN held.regions WHERE region IN $regions)
    AND any(region IN holder.regions WHERE region IN $regions)
  RETURN 1 AS one LIMIT $stop
} AS holders
