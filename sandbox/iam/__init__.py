"""IAM: who calls, and whether the policies of a role allow it."""
