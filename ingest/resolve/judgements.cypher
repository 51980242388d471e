// All judgements ever made, those withdrawn too, oldest first, with names, codes and number of
// relations of both ends.
// No parameters. Returns properties (of the judgement), a, b (node ids), name_a, name_b, uscc_a, uscc_b,
// links. Bound: judgements made.
MATCH (a)-[judgement:JUDGED]->(b) WHERE judgement.id IS NOT NULL
RETURN properties(judgement) AS properties, a.id AS a, b.id AS b,
       coalesce(a.name, a.id) AS name_a, coalesce(b.name, b.id) AS name_b,
       a.uscc AS uscc_a, b.uscc AS uscc_b, COUNT { (a)--() } + COUNT { (b)--() } AS links
ORDER BY judgement.at, judgement.id
