"""The database: session, columns, transactions, what is kept in memory."""
