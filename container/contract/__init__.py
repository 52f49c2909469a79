"""What SageMaker and a container owe each other: paths, files, exit codes, log lines."""
