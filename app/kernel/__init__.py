"""The foundation of all contexts.  It contains no business terms."""
