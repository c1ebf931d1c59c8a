"""Routing: what has to be done first."""
