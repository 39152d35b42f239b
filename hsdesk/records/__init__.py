"""What becomes of an answer: op, edit, part, merge, conflict, erasure, transfer, the two layers. Pure.

Desk and city server use the same types and the same functions; nothing here reads a file or knows a table.
"""
