"""What can go wrong before a training has begun, as sentences for the person who started it."""


class TrainingError(Exception):
    """Base of the family; its message is one sentence for the person at the command line."""


class DataError(TrainingError):
    """The data set is missing, damaged or not the one it is said to be."""
