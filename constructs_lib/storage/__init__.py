"""KMS key and S3 buckets."""
