// Takes away all memberships, to be written anew in the same transaction.
// No parameters, returns nothing. Bound: members of published clusters.
MATCH (:Merchant)-[old:MEMBER_OF]->(:Cluster) DELETE old
