"""S3: transfers of SageMaker, bucket policies with conditions, object events."""
