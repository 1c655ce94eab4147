"""Training history: what the run that made the model wrote about itself."""

import streamlit as st

from ui.charts import confusion_chart, history_chart
from ui.frame import page
from ui.history import show_examples, show_facts, show_figures, show_mistakes
from ui.recognizer import card_or_stop

page("Training history")

card = card_or_stop()
st.subheader(f"How the recipe “{card['recipe']}” learned")
show_figures(card)
accuracy, loss = st.columns(2)
accuracy.altair_chart(history_chart(card, "accuracy"), width="stretch")
loss.altair_chart(history_chart(card, "loss"), width="stretch")

st.subheader("What it confuses")
st.altair_chart(confusion_chart(card["confusion_matrix"]), width="stretch")

st.subheader("Test digits read wrong")
show_mistakes(card)
st.subheader("Test digits read right")
show_examples(card["examples"]["right"], "Taken evenly from the whole test set.")

st.subheader("The run")
show_facts(card)
