"""The ledger grid of a register: a windowed model, its view with a fixed first column, what is done there."""
