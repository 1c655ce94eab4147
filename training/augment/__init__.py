"""Augmentation: endless variety from few writers, as ink extraction leaves it, and non-digits."""
