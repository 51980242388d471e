// Things of one type in the order of their ids, as far as the reader may see them.
// Places: LABEL, HINT (the index to go on in), AFTER (things after the last one seen), SEEN (the reader sees all
// that is said of the thing), POSSIBLE (things that may match), ITEM (what is returned of a thing that is
// seen so), ORDER.
// Parameters: $as_of (ISO date), $limit (rows), $regions (regions the reader may see), and the values of
// the places.
// Returns found: for each thing a row of what is wanted (or all that is stored of it), and of a thing of
// which others spoke too only its id: it must be judged by its visible records.
// Bound: $limit things.
RETURN COLLECT {
  MATCH (n:__LABEL__) __HINT__
  WHERE __AFTER__ AND __VISIBLE(n)__ AND __POSSIBLE__
  WITH n ORDER BY __ORDER__ LIMIT $limit
  RETURN CASE WHEN __SEEN__ THEN __ITEM__ ELSE n.id END
} AS found
