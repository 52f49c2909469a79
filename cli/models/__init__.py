"""Models: workflow runs, versions, rollouts, logs, predictions, promotions."""
