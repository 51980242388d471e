// Takes away all ownerships of identifiers, to be written anew in the same transaction.
// No parameters, returns nothing. Bound: identifiers owned by published clusters.
MATCH ()-[old:OWNED_BY]->(:Cluster) DELETE old
