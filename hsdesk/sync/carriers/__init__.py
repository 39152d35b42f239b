"""Carriers bring export, page and receipt from one side to the other; each is one file."""
