"""Frozen values and pure functions of the domain. Imports nothing of the program but `errors`."""
