"""ECR repository and CodeBuild project of the container image."""
