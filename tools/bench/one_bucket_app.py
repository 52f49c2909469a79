"""The smallest useful CDK app: the yardstick that synthesis is measured against."""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3


def main() -> None:
    app = cdk.App()
    s3.Bucket(cdk.Stack(app, "OneBucket"), "Bucket")
    app.synth()


if __name__ == "__main__":
    main()
