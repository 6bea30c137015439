"""Broker companies: who keeps them, which are in use (CH-2)."""
