// Labs suspected of fake reports.
// No parameters. Returns id, name, values (JSON of the finding). Bound: suspected labs.
MATCH (finding:Finding {detector: 'LAB', status: 'open'})-[:ABOUT]->(lab:TestLab)
RETURN lab.id AS id, lab.name AS name, finding.values AS values
ORDER BY id
