"""Which passage answers a question, within a language and across."""
