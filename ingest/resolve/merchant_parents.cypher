// Declared parents of branches, subsidiaries and franchise holders.
// No parameters. Returns columns subject (the child) and value (the parent), node ids.
// Bound: one entry per declared relation.
MATCH (parent:Merchant)-[:PARENT_OF]->(child:Merchant)
RETURN collect(child.id) AS subject, collect(parent.id) AS value
