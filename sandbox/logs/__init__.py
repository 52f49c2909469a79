"""CloudWatch Logs: what clients ask of it that moto leaves out."""
