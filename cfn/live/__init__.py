"""Live resources: what each one's own API says of it, in the property names of CloudFormation."""
