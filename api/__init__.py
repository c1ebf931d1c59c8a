"""The HTTP surface: the API, its streams, and the pages a person sees."""
