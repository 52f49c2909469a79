"""Compares environments by synthesising what lies between them; never talks to AWS."""
