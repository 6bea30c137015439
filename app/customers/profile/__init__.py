"""The customer's pages and API: list, detail, edit and 360° view (CUST-13 … CUST-21)."""
