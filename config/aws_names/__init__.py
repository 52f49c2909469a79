"""Names that AWS accepts only in part: tags, buckets, alarms."""
