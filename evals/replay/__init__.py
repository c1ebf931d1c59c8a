"""Replay: what people really wrote, said again to this version in a house of its own, beside what came of it then."""
