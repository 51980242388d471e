"""Identity: which merchants, labs and addresses are one and the same; proposed, judged, and reversible.

`table`, `blocking`, `model` and `scoring` are the matching engine, which knows nothing of companies.
`names`, `records` and `comparisons` say how merchants are compared, `labs` and `places` how labs and
addresses are; `splink_engine` blocks and scores in the engine's place. `decisions` says what follows,
`kinds` which rules each type has; `reading`, `proposals` and `review` talk to the store. Who is one by the
judgements in force is worked out in `graph.model.identity`, because networks need it too.
"""
