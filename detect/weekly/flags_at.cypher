// The flags of a weekly run.
// Parameters: $as_of (ISO date). Returns id, kind, cluster_ids, member_ids, values (JSON). Bound: flags of one week.
MATCH (flag:Flag) WHERE flag.as_of = $as_of
RETURN flag.id AS id, flag.kind AS kind, flag.as_of AS as_of, flag.cluster_ids AS cluster_ids,
       flag.member_ids AS member_ids, flag.values AS values
ORDER BY flag.kind, flag.id
