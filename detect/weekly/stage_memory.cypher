// Writes one part of what a run will remember; nobody reads it before the run is published.
// Parameters: $id, $memory (name of the memory), $at (number of the part), $content (bytes). Returns nothing.
// Bound: one node.
MERGE (part:WeeklyPart {id: $id}) SET part.memory = $memory, part.at = $at, part.content = $content
