// The yardstick of an online load: plain nodes without key, record or look-up.
// Parameters: $rows (list of {number, name}, one batch).
// Returns written (nodes). Bound: one row.
UNWIND $rows AS row CREATE (n:Plain) SET n = row RETURN count(n) AS written
