"""What notices a person wants where, and when not (OFF-10)."""
