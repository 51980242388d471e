// Addresses that may link, in full, as columns of one length.
// No parameters. Returns id, text, links (number of relations). Bound: one entry per such address.
MATCH (a:Address) WHERE a.text IS NOT NULL AND coalesce(a.is_linkable, true)
WITH a ORDER BY a.id
RETURN collect(a.id) AS id, collect(a.text) AS text, collect(COUNT { (a)--() }) AS links
