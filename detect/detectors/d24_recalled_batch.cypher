// Purpose: listings on sale of products under recall.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: as_of, recall {id, recall_id, starts_on, production_dates, batches, records, regions},
//   merchant {id, name}, listings [{id, title, produced_on, listed_on, records, regions}].
// Bound: one row per recall and merchant; hundreds.
MATCH (recall:Recall)-[c:RECALLS]->(p:Product)<-[f:OF_PRODUCT]-(g:Listing)
      <-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE recall.starts_on <= $as_of AND NOT recall.id IN $hubs
  AND all(x IN [c, f, l, o] WHERE x.first_seen <= $as_of
    AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  AND coalesce(g.listed_on <= $as_of, true) AND coalesce(g.delisted_on > $as_of, true)
WITH recall, m, g, c, f, l, o ORDER BY g.id
RETURN $as_of AS as_of,
  {id: recall.id, recall_id: recall.recall_id, starts_on: recall.starts_on,
    production_dates: recall.production_dates, batches: recall.batches, records: recall.records,
    regions: recall.regions} AS recall,
  {id: m.id, name: m.name} AS merchant,
  collect({id: g.id, title: g.title, produced_on: g.produced_on, listed_on: g.listed_on,
    records: g.records + c.records + f.records + l.records + o.records,
    regions: g.regions + c.regions + f.regions + l.regions + o.regions}) AS listings
ORDER BY recall.id, merchant.id
