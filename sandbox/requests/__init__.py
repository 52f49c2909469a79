"""Requests to AWS's APIs: who signed one, which operation it calls, with what, and its errors."""
