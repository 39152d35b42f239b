"""Where the ink of a print-out goes, as values: no device, no fonts, only what a `Ruler` measures."""
