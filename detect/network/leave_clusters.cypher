// Takes memberships away.
// Parameters: $rows (list of maps: merchant, cluster). Returns nothing. Bound: rows given.
UNWIND $rows AS row
MATCH (:Merchant {id: row.merchant})-[old:MEMBER_OF]->(:Cluster {id: row.cluster})
DELETE old
