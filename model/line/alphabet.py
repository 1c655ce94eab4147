"""The classes of the line network: digits, signs, any other mark, and CTC's blank."""

DIGITS = "0123456789"
SIGNS = ".,-/:+="
OTHER = "?"  # a letter or any other mark
CHARACTERS = DIGITS + SIGNS + OTHER
BLANK = len(CHARACTERS)
CLASSES = len(CHARACTERS) + 1
