"""What an attack changes and what it brings to light: asserted on the database, never on words."""
