"""A simulated network under unmodified clients and servers: sockets, DNS, polling, TLS."""
