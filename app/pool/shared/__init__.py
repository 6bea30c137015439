"""What every subject of the pool uses: permissions, and how a change is logged."""
