"""Operations of AWS's APIs: which one a request calls, and which ones answer here."""
