"""The training history page: the runs, its tabs and charts, and training from the page."""

# Altair inspects whatever part of pandas is loaded, and another visitor's thread may be loading it
# at the moment: this import waits until it is complete.
import pandas  # noqa: F401
