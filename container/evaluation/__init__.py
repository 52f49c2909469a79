"""Evaluation of a candidate model, compared with the champion."""
