"""Pictures of the report, drawn with matplotlib, which is imported only when they are drawn."""
