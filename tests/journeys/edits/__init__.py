"""Edits of every setting, deployed onto a running environment and taken back."""
