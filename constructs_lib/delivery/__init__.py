"""IAM role for deployments from a repository, without stored access keys."""
