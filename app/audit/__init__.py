"""The verifiable operation log: actor, operation and record (PLAT-1).  Every context may use it."""
