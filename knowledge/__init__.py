"""The library: articles on the shelf, their passages in the index, and search in three languages."""
