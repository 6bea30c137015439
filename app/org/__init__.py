"""The organisation: companies, departments, staff, roles, data scopes, districts, sign-in (access.md)."""
