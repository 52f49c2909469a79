"""The KMS key and the S3 buckets."""
