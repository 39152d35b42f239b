"""HSDesk 村社台账: the program without a window."""

__version__ = "0.1.0"
