// The digest of a region and a date, as it was published.
// Parameters: $region (province code), $as_of (ISO date, '' for the newest), $edition (0 for the newest),
// $regions (regions the reader may see; the region must be one of them).
// Returns body (JSON). Bound: one row.
MATCH (digest:WeeklyDigest)
WHERE digest.region = $region AND $region IN $regions
  AND ($as_of = '' OR digest.as_of = $as_of)
  AND ($edition = 0 OR digest.edition = $edition)
RETURN digest.body AS body ORDER BY digest.as_of DESC, digest.edition DESC LIMIT 1
