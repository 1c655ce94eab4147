"""Training history: what the runs that trained the models wrote about themselves."""

from ui.frame import page
from ui.history.choose import choose_runs
from ui.history.parts import show_parts

page("Training history")

show_parts(choose_runs())
