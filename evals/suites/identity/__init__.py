"""Resets, unlocks and lost factors."""
