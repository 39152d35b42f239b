"""`python -m hsdesk`: the command line without a window and without Qt."""

import sys

from hsdesk.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
