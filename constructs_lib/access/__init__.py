"""IAM roles, and the reasons for wildcards in their policies."""
