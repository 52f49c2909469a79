"""SageMaker's terms: how long it waits for what, and where it looks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Terms:
    """The defaults are what a container meets on SageMaker; tests of the suite wait less."""

    default_port: int = 8080
    connect_seconds: float = 0.25
    ping_seconds: float = 2.0
    start_seconds: float = 240.0
    answer_seconds: float = 60.0
    # SageMaker itself would wait as long as for a busy server.
    idle_stop_seconds: float = 2.0
    drain_seconds: float = 30.0
    train_stop_seconds: float = 120.0
    # The timeouts below are this suite's own: SageMaker documents none, or a longer one.
    train_seconds: float = 600.0
    refusal_seconds: float = 30.0
    recovery_seconds: float = 10.0
    settle_seconds: float = 0.2
    slow_body_seconds: float = 75.0
