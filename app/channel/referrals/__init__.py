"""Customers that brokers report: identity, bindings, deals, timeline (CH-7 … CH-12, CH-17, CH-22 … CH-29)."""
