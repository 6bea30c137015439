"""Files that belong to records: content, kinds, pictures, responses."""
