"""The network around a server: trusted proxies, client addresses, outgoing requests."""
