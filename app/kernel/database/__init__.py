"""The database: session, columns, transactions, values cached in memory."""
