"""Identity: which merchants, and which labs, are one and the same; proposed, judged, and reversible.

`names`, `records` and `comparisons` say what is compared; `table`, `blocking`, `model` and `scoring` are
the matching engine, which knows nothing of companies; `decisions` and `identity` say what follows;
`reading`, `proposals` and `review` talk to the store.
"""
