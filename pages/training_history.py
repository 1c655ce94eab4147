"""Training history: what the runs that trained the models wrote about themselves."""

from ui.frame import page
from ui.garbage import keep_for_good
from ui.history.choose import choose_runs
from ui.history.parts import show_parts
from ui.history.train import show_training

page("Training history")

show_training()
show_parts(choose_runs())
keep_for_good("the first charts")
