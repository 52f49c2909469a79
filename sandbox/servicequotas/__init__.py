"""Service Quotas: limits of an account that the sandbox keeps to once it is given them."""
