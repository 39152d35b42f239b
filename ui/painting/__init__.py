"""The fonts of paper; `ui.painter` puts ink on a device."""
