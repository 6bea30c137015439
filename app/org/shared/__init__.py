"""Tables, fields and queries that every subject of the organisation uses."""
