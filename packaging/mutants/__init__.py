"""Changes planted in the program to see whether the tests notice: `dev.py mutants`."""
