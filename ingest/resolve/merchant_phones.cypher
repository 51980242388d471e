// Contact telephones that may link: never privacy, masked or service numbers.
// No parameters. Returns columns subject and value (node ids). Bound: one entry per use of a number.
MATCH (m:Merchant)-[:USES_PHONE {role: 'contact'}]->(p:Phone) WHERE coalesce(p.is_linkable, true)
WITH DISTINCT m.id AS subject, p.id AS value
RETURN collect(subject) AS subject, collect(value) AS value
