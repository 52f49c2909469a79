"""Pictures for docs/reviews.md: what `cdk diff` says of a change, beside a review's comment."""
