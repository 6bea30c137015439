"""Code that every subject of channel sales uses: settings, registration, identity, notifications."""
