// The regions that own records.
// No parameters. Returns one row: regions (province codes, without the national 000000).
// Bound: one row.
MATCH (record:Record) WHERE record.region <> '000000'
WITH DISTINCT record.region AS region ORDER BY region
RETURN collect(region) AS regions
