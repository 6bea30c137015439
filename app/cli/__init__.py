"""The operator's side: commands, installation, backup, examination."""
