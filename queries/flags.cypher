// Flags of the weekly run, newest first, of which the reader may see a part.
// Parameters: $since (ISO date, '' for all), $region (province code that a flag must touch, null for all),
// $cluster (id of a cluster that it must be about, null for all),
// $announced_only, $after_date and $after_id (the last flag seen; '9999' and '' for none), $limit (rows),
// $regions (regions the reader may see).
// Returns withheld (flags left out because of a region), page (properties of the flags).
// Bound: $limit flags. A flag without seen_by says only what regions it touches: then all are needed.
CALL () {
  MATCH (f:Flag)
  WHERE f.as_of >= $since
    AND ($region IS NULL OR $region IN f.regions)
    AND ($cluster IS NULL OR $cluster IN f.cluster_ids)
    AND (NOT $announced_only OR f.announced)
    AND CASE WHEN f.seen_by IS NULL
      THEN size(f.regions) = 0 OR any(region IN f.regions WHERE NOT region IN $regions)
      ELSE none(region IN f.seen_by WHERE region IN $regions) END
  RETURN count(f) AS withheld
}
RETURN withheld, COLLECT {
  MATCH (f:Flag)
  WHERE f.as_of >= $since
    AND ($region IS NULL OR $region IN f.regions)
    AND ($cluster IS NULL OR $cluster IN f.cluster_ids)
    AND (NOT $announced_only OR f.announced)
    AND CASE WHEN f.seen_by IS NULL
      THEN size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
      ELSE any(region IN f.seen_by WHERE region IN $regions) END
    AND (f.as_of < $after_date OR (f.as_of = $after_date AND f.id > $after_id))
  RETURN properties(f) ORDER BY f.as_of DESC, f.id LIMIT $limit
} AS page
