"""Operations of AWS's APIs: which ones answer here, and the refusal of every other."""
