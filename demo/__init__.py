"""The operator's side: commands, set-up, examination, demo data."""
