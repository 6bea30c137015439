"""Scheduled jobs, run by one runner among all processes."""
