"""Fields and forms: one declaration serves the page, the API and their error messages."""
