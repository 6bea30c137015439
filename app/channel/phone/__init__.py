"""The phone pages of channel sales, below ``/m/``: light pages that work as plain forms."""
