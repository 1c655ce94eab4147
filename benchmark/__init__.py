"""Measuring the app, and driving it in a real browser."""

from pathlib import Path

RESULTS = Path(__file__).parent / "results"  # one file a measurement; the README quotes them
