// Addresses of registration and of business in full, with their node ids.
// No parameters. Returns columns subject (node id), address (node id) and value (text).
// Bound: one entry per merchant and address.
MATCH (m:Merchant)-[:REGISTERED_AT|OPERATES_AT]->(a:Address) WHERE a.text IS NOT NULL
WITH DISTINCT m.id AS subject, a.id AS address, a.text AS value
RETURN collect(subject) AS subject, collect(address) AS address, collect(value) AS value
