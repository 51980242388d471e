// A key on jobs, so that one is found by its id and never written twice.
// No parameters. Returns nothing.
CREATE CONSTRAINT exportjob_id IF NOT EXISTS FOR (j:ExportJob) REQUIRE j.id IS UNIQUE
