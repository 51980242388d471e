// Labs with what identifies them, as columns of one length; an empty text where nothing is known.
// No parameters. Returns id, name, uscc, cma_no, cnas_no, division, links (number of relations).
// Bound: one entry per lab.
MATCH (l:TestLab)
WITH l ORDER BY l.id
RETURN collect(l.id) AS id, collect(coalesce(l.name, '')) AS name,
       collect(coalesce(l.uscc, '')) AS uscc, collect(coalesce(l.cma_no, '')) AS cma_no,
       collect(coalesce(l.cnas_no, '')) AS cnas_no,
       collect(coalesce(l.division, '')) AS division, collect(COUNT { (l)--() }) AS links
