// Purpose: listings on sale under a certificate that is not valid, and listings of products that need
//   a compulsory certificate and show none.
// Parameters: as_of (ISO date), hubs (ids held harmless).
// Returns: kind (status or missing), as_of, merchant {id, name}, subject {id, label, expires_on,
//   requires_from, records, regions} (certificate or product), statuses [{status, starts_on, ends_on,
//   records, regions}] (of the certificate), listings [{id, listed_on, produced_on, records, regions}].
// Bound: one row per merchant and certificate or product concerned; hundreds to a few thousand.
MATCH (c:Certificate)
OPTIONAL MATCH (c)-[h:HAS_STATUS]->(s:CertificateStatus)
WHERE h.first_seen <= $as_of AND (h.end_seen IS NULL OR h.end_seen > $as_of)
  AND s.starts_on <= $as_of AND (s.ends_on IS NULL OR s.ends_on > $as_of)
WITH c, collect({status: s.status, starts_on: s.starts_on, ends_on: s.ends_on,
  records: s.records + h.records, regions: s.regions + h.regions}) AS found
WITH c, [x IN found WHERE x.status IS NOT NULL] AS statuses
WHERE (c.expires_on < $as_of OR any(x IN statuses WHERE x.status <> 'valid'))
  AND NOT c.id IN $hubs
MATCH (c)<-[w:SHOWS_CERTIFICATE]-(g:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [w, l, o] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  AND coalesce(g.listed_on <= $as_of, true) AND coalesce(g.delisted_on > $as_of, true)
WITH c, statuses, m, w, l, o, g ORDER BY g.id
RETURN 'status' AS kind, $as_of AS as_of, {id: m.id, name: m.name} AS merchant,
  {id: c.id, label: c.certificate_no, expires_on: c.expires_on, requires_from: null,
    records: c.records, regions: c.regions} AS subject, statuses,
  collect({id: g.id, listed_on: g.listed_on, produced_on: g.produced_on,
    records: w.records + l.records + o.records + g.records,
    regions: w.regions + l.regions + o.regions + g.regions}) AS listings
ORDER BY subject.id, merchant.id
UNION ALL
MATCH (p:Product)
WHERE p.requires_ccc = true AND coalesce(p.ccc_required_from <= $as_of, true) AND NOT p.id IN $hubs
MATCH (p)<-[f:OF_PRODUCT]-(g:Listing)<-[l:LISTS]-(:Store)<-[o:OPERATES]-(m:Merchant)
WHERE all(x IN [f, l, o] WHERE x.first_seen <= $as_of AND (x.end_seen IS NULL OR x.end_seen > $as_of))
  AND coalesce(g.listed_on <= $as_of, true) AND coalesce(g.delisted_on > $as_of, true)
  AND g.shown_certificate_no IS NULL
  AND NOT EXISTS {
    MATCH (g)-[w:SHOWS_CERTIFICATE]->(:Certificate)
    WHERE w.first_seen <= $as_of AND (w.end_seen IS NULL OR w.end_seen > $as_of)
  }
WITH p, m, f, l, o, g ORDER BY g.id
RETURN 'missing' AS kind, $as_of AS as_of, {id: m.id, name: m.name} AS merchant,
  {id: p.id, label: p.name, expires_on: null, requires_from: p.ccc_required_from,
    records: p.records, regions: p.regions} AS subject, [] AS statuses,
  collect({id: g.id, listed_on: g.listed_on, produced_on: g.produced_on,
    records: f.records + l.records + o.records + g.records,
    regions: f.regions + l.regions + o.regions + g.regions}) AS listings
ORDER BY subject.id, merchant.id
