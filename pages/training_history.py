"""Training history: what the training runs recorded about themselves."""

from ui.history.run_picker import choose_runs
from ui.history.tabs import show_tabs
from ui.history.train import show_training
from ui.models import freeze_objects
from ui.page import page

page("history")

show_training()
show_tabs(choose_runs())
freeze_objects("the first charts")
