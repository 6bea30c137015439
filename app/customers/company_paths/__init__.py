"""Company paths through which customers are served (CUST-12)."""
