"""Category and priority of a ticket, told from its text."""
