// Judgements that links of flags name.
// Parameters: $ids (judgement ids). Returns id, a, b (node ids), by, at, why, withdrawn_at, withdrawn_by,
// withdrawn_why (null while it stands). Bound: ids given.
UNWIND $ids AS wanted
MATCH (a)-[judgement:JUDGED {id: wanted}]->(b)
RETURN judgement.id AS id, a.id AS a, b.id AS b, judgement.by AS by, judgement.at AS at,
       judgement.why AS why, judgement.withdrawn_at AS withdrawn_at,
       judgement.withdrawn_by AS withdrawn_by, judgement.withdrawn_why AS withdrawn_why
