"""What a reviewer reads, made from `cdk.out` alone: sheets, pictures, what a revision changes."""
