// Purpose: listings priced far below those of their product class.
// Parameters: as_of (ISO date), hubs (ids held harmless), min_peers (listings), max_ratio (share of
//   the median price), max_z (standard deviations, negative), min_days (days on sale).
// Returns: product_class, peers (listings), median_fen (CNY fen), merchant_id, name, listings [{id,
//   title, price_fen, z, records, regions}]; z is (ln p - median)/(1.4826·MAD), null where MAD is 0.
// Bound: one row per merchant and class with such a listing; some hundreds.
MATCH (g:Listing)-[f:OF_PRODUCT]->(p:Product)
WHERE g.price_fen > 0 AND p.product_class IS NOT NULL
  AND coalesce(g.listed_on <= $as_of, true) AND coalesce(g.delisted_on > $as_of, true)
  AND f.first_seen <= $as_of AND (f.end_seen IS NULL OR f.end_seen > $as_of)
WITH p.product_class AS product_class, collect(DISTINCT g) AS on_sale
WHERE size(on_sale) >= $min_peers
CALL (on_sale) {
  UNWIND on_sale AS g
  RETURN percentileCont(toFloat(g.price_fen), 0.5) AS median_fen,
    percentileCont(log(g.price_fen), 0.5) AS middle
}
CALL (on_sale, middle) {
  UNWIND on_sale AS g
  RETURN percentileCont(abs(log(g.price_fen) - middle), 0.5) AS mad
}
UNWIND on_sale AS g
WITH product_class, size(on_sale) AS peers, median_fen, g,
  CASE WHEN mad > 0 THEN (log(g.price_fen) - middle) / (1.4826 * mad) END AS z
WHERE (g.price_fen <= $max_ratio * median_fen OR coalesce(z <= $max_z, false))
  AND g.listed_on <= toString(date($as_of) - duration({days: toInteger($min_days)}))
MATCH (m:Merchant)-[o:OPERATES]->(:Store)-[l:LISTS]->(g)
WHERE all(x IN [o, l] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  AND NOT m.id IN $hubs
WITH product_class, peers, median_fen, m, g, z, o, l ORDER BY g.id
RETURN product_class, peers, median_fen, m.id AS merchant_id, m.name AS name,
  collect({id: g.id, title: g.title, price_fen: g.price_fen, z: z,
    records: g.records + o.records + l.records,
    regions: g.regions + o.regions + l.regions}) AS listings
ORDER BY product_class, merchant_id
