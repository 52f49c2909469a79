"""Trainings whose data version decides how they end."""


def train_command(version: str) -> tuple[str, ...]:
    return ("train", "churn", "--data-version", version, "--wait", "--sandbox")
