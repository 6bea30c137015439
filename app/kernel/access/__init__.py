"""The actor, the permissions of roles, and the rows that a statement may read."""
