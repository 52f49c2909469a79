"""Conversion of models of older containers: run by hand, never by training or serving."""
