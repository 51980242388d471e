// Legal representatives, as tokens.
// No parameters. Returns columns subject and value (node ids). Bound: one entry per representation.
MATCH (m:Merchant)-[:REPRESENTED_BY {role: 'legal_rep'}]->(p:Person)
WITH DISTINCT m.id AS subject, p.id AS value
RETURN collect(subject) AS subject, collect(value) AS value
