// Merchants with what identifies them, as columns of one length; an empty text where nothing is known.
// No parameters. Returns id, name, uscc, registration_no, merchant_id, division, links (number of
// relations). Bound: one entry per merchant.
MATCH (m:Merchant)
WITH m ORDER BY m.id
RETURN collect(m.id) AS id, collect(coalesce(m.name, '')) AS name,
       collect(coalesce(m.uscc, '')) AS uscc,
       collect(coalesce(m.registration_no, '')) AS registration_no,
       collect(coalesce(m.merchant_id, '')) AS merchant_id,
       collect(coalesce(m.division, '')) AS division,
       collect(COUNT { (m)--() }) AS links
