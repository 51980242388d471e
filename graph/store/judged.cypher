// Judgements on who is one among nodes of one type, withdrawn ones too, without the parts of scores.
// Parameters: $prefix (what node ids of the type begin with, as "Merchant:").
// Returns properties (of the judgement), a, b (node ids), code_a, code_b (credit codes or null),
// regions_a, regions_b (owning regions). Bound: judgements made.
MATCH (a)-[judgement:JUDGED]->(b)
WHERE judgement.id IS NOT NULL AND a.id STARTS WITH $prefix
RETURN judgement {.id, .verdict, .by, .at, .why, .withdrawn_at, .withdrawn_by} AS properties,
       a.id AS a, b.id AS b, a.uscc AS code_a, b.uscc AS code_b,
       a.regions AS regions_a, b.regions AS regions_b
