"""Changes of deployed resources that no deployment made."""
