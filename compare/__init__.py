"""Comparison of two environments by synthesising the steps between them; never talks to AWS."""
