"""Whether a question is answered at all, and how sure the product is of it."""
