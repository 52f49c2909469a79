"""Trainings whose data version decides how they end."""


def train(version: str) -> tuple[str, ...]:
    return ("train", "churn", "--data-version", version, "--wait", "--sandbox")
