// All flags ever raised.
// No parameters. Returns as_of, kind, member_ids, values (JSON). Bound: flags in the store.
MATCH (flag:Flag)
RETURN flag.as_of AS as_of, flag.kind AS kind, flag.member_ids AS member_ids, flag.values AS values
ORDER BY flag.as_of, flag.id
