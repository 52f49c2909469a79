"""Review sheets, comparisons of two revisions, and list prices."""
