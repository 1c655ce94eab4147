"""The training history page: runs, and what each part of the page shows of them."""
