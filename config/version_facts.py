"""Names of the metadata of a model version that say what the gate and people decided."""

GATE = "gate"
"""`passed`, or `refused: ` and the reason."""

GATE_PASSED = "passed"
GATE_REFUSED = "refused: "

SCHEMA_CHANGE = "schema_change"
"""How the columns or the task differ from the champion's; absent when they do not."""

ACCEPTED_SCHEMA_CHANGE = "accepted_schema_change"
"""Who approved it although it changes the schema."""

DESPITE_GATE = "despite_gate"
"""Why it was approved although the gate had refused it."""
