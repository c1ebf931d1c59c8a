"""Learning from production: what people corrected or rated at a real desk, as candidate cases that a person reviews."""
