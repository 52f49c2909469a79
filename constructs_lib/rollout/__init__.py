"""The state machine that makes the newest approved version live."""
