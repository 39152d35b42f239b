"""The window: thin PySide6 widgets over `hsdesk.desk`."""
