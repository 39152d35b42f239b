"""How content becomes ink on pages; `ui.painter` puts the ink on a device."""
