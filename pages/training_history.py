"""Training history: what the runs that trained the models wrote about themselves."""

from ui.history.run_picker import choose_runs
from ui.history.tabs import show_parts
from ui.history.train import show_training
from ui.models import keep_for_good
from ui.page import page

page("Training history")

show_training()
show_parts(choose_runs())
keep_for_good("the first charts")
