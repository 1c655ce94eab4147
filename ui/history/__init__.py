"""The training history page: runs, and what each part of the page shows of them."""

# Altair looks at whatever part of pandas is loaded, and another visitor's thread may be loading it
# right now: this waits until it is whole.
import pandas  # noqa: F401
