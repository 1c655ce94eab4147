"""Endless variety from few writers: digits as ink extraction leaves them, and other marks."""
