"""Equal numbers and tax ids: where they are refused, and the claims that hold it (CUST-6 … CUST-8)."""
