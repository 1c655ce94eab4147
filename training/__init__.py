"""Training, judging and compiling the networks that `model` reads with."""
