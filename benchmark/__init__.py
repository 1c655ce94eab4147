"""Measuring the app, and driving it in a real browser."""
