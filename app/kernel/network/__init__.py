"""The network around a server: trusted proxies, client addresses, where messages may go."""
