"""The operation log: who did what to which record, provable (PLAT-1).  Everybody may call it."""
