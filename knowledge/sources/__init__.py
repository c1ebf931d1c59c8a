"""Sources of the house's own documents: files are found, converted and cut into passages, and the shelf follows them."""
