"""Reading of tables that people send: .xlsx, .xls and CSV, whatever program wrote them (CUST-34)."""
