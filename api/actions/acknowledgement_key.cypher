// A key on acknowledgements: one for each flag and reader.
// No parameters. Returns nothing.
CREATE CONSTRAINT flagacknowledgement_id IF NOT EXISTS
FOR (a:FlagAcknowledgement) REQUIRE a.id IS UNIQUE
