"""Projects, their plots, pictures and the staff who work there (CH-1)."""
