// Purpose: things to ask for, a sample of every kind that has an id (sources' records left out).
// Parameters: $limit how many things at most (count).
// Columns: id (string), properties (map of all stored properties).
// Bound: $limit rows.
MATCH (n)
WHERE n.id IS NOT NULL AND NOT n:Record
WITH n, rand() AS chance
ORDER BY chance
LIMIT $limit
RETURN n.id AS id, properties(n) AS properties
