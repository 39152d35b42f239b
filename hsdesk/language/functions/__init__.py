"""The functions of the language, by name. Each module holds one family."""
