// Judgements ever made, those withdrawn too, oldest first, with names, codes and number of relations of
// both ends; where regions are given, those whose two ends their readers see.
// Parameters: $regions (regions the reader may see, null for all).
// Returns properties (of the judgement), a, b (node ids), name_a, name_b, uscc_a, uscc_b, links (that
// the reader may see), is_whole (whether the reader sees everything said of both ends).
// Bound: judgements made.
MATCH (a)-[judgement:JUDGED]->(b)
WHERE judgement.id IS NOT NULL
  AND ($regions IS NULL
       OR (any(region IN a.regions WHERE region IN $regions)
           AND any(region IN b.regions WHERE region IN $regions)))
RETURN properties(judgement) AS properties, a.id AS a, b.id AS b,
       coalesce(a.name, a.text, a.id) AS name_a, coalesce(b.name, b.text, b.id) AS name_b,
       a.uscc AS uscc_a, b.uscc AS uscc_b,
       CASE WHEN $regions IS NULL THEN COUNT { (a)--() } + COUNT { (b)--() }
            ELSE COUNT { (a)-[r]-() WHERE any(region IN r.regions WHERE region IN $regions) }
               + COUNT { (b)-[r]-() WHERE any(region IN r.regions WHERE region IN $regions) }
       END AS links,
       $regions IS NULL OR all(region IN a.regions + b.regions WHERE region IN $regions) AS is_whole
ORDER BY judgement.at, judgement.id
