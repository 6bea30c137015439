"""Business records of customers (CUST-16 … CUST-18): opportunities, quotes, contracts, payments, tickets."""
