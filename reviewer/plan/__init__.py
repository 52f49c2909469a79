"""What a deployment would do to what is deployed, resource by resource."""
