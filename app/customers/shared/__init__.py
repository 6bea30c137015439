"""What every subject of the customer file stands on: tables, visibility, fields, parts."""
