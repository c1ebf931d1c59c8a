"""The open IT-desk benchmark: whole conversations with a simulated user, judged by the end state of a real desk."""
