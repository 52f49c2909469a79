"""Files of rows: text or Parquet, separators, and what a cell can be."""
