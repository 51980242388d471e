// A key on audit lines, so that none is written twice.
// No parameters. Returns nothing.
CREATE CONSTRAINT auditline_id IF NOT EXISTS FOR (a:AuditLine) REQUIRE a.id IS UNIQUE
