"""Peers: what a competent person would set up in an afternoon, measured in the same run."""
