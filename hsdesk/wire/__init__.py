"""The messages between desk and city server as typed structs, and their encoding."""
