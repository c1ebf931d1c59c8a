"""Whole conversations."""
