"""Settings of a review, and the bounds as a reviewer reads them."""
