"""Whether the same fact is told alike, in whatever language, words and channel it is asked for."""
