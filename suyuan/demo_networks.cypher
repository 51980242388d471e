// Networks by score, with what ties their members.
// No parameters. Returns id, score, size, regions (count of provinces), violating, relations.
// Bound: published networks.
MATCH (merchant:Merchant)-[membership:MEMBER_OF]->(cluster:Cluster {label: 'network'})
WITH cluster, collect(DISTINCT left(merchant.division, 2)) AS provinces
MATCH (identifier)-[:OWNED_BY]->(cluster)
MATCH (identifier)<-[link]-(:Merchant)-[:MEMBER_OF]->(cluster)
WITH cluster, provinces, type(link) AS relation, count(*) AS links
ORDER BY links DESC, relation
WITH cluster, provinces, collect(relation)[..4] AS relations
MATCH (finding:Finding {status: 'open', is_violation: true})-[:ABOUT]->(member:Merchant)-[:MEMBER_OF]->(cluster)
RETURN cluster.id AS id, cluster.score AS score, cluster.size AS size, size(provinces) AS regions,
       count(DISTINCT member) AS violating, relations
ORDER BY score DESC, size DESC, id
