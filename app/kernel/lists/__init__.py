"""Lists: paging, filters, orders, counts."""
