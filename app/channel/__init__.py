"""Channel sales: brokers report customers, on-site staff bind them (channel.md)."""
