"""`python -m training`."""

import os
import sys

from training.cli import EXIT_FAILED, main

if __name__ == "__main__":
    try:
        try:
            status = main()
        finally:
            sys.stdout.flush()  # a closed pipe is found out here, not at the end of the interpreter
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = EXIT_FAILED  # a training may have been cut short
    sys.exit(status)
