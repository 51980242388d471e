// Findings, worst first, all of whose regions the reader may see.
// Parameters: $ids (finding ids, null for all), $detector (D1..., null for all), $severity (1..5, at
// least), $subject (node id, null for all), $with_closed (also those no longer found), $since (ISO date of
// the first finding, '' for all),
// $after_severity and $after_id (the last finding seen; 9 and '' for none), $limit (rows), $regions (regions the reader may see).
// Returns withheld (findings left out because of a region), page (properties of the findings).
// Bound: $limit findings.
CALL () {
  MATCH (f:Finding)
  WHERE ($ids IS NULL OR f.id IN $ids) AND ($detector IS NULL OR f.detector = $detector)
    AND ($with_closed OR coalesce(f.status, 'open') = 'open')
    AND f.severity >= $severity AND ($subject IS NULL OR $subject IN f.subject_ids)
    AND ($since = '' OR f.first_found >= $since)
    AND (size(f.regions) = 0 OR any(region IN f.regions WHERE NOT region IN $regions))
  RETURN count(f) AS withheld
}
RETURN withheld, COLLECT {
  MATCH (f:Finding)
  WHERE ($ids IS NULL OR f.id IN $ids) AND ($detector IS NULL OR f.detector = $detector)
    AND ($with_closed OR coalesce(f.status, 'open') = 'open')
    AND f.severity >= $severity AND ($subject IS NULL OR $subject IN f.subject_ids)
    AND ($since = '' OR f.first_found >= $since)
    AND size(f.regions) > 0 AND all(region IN f.regions WHERE region IN $regions)
    AND (f.severity < $after_severity OR (f.severity = $after_severity AND f.id > $after_id))
  RETURN properties(f) ORDER BY f.severity DESC, f.id LIMIT $limit
} AS page
