"""The start page: what waits for me, figures of my scope.  Reads only."""
