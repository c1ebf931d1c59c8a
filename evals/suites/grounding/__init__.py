"""Whether every sentence of an answer is carried by the passage that it cites."""
