// A key on judgements, so that one is found by its id and never written twice.
// No parameters. Returns nothing.
CREATE CONSTRAINT judged_id IF NOT EXISTS FOR ()-[j:JUDGED]-() REQUIRE j.id IS UNIQUE
