"""SageMaker's container contract: paths, files, exit codes, log lines."""
