"""Reference data: forms, code lists, places, settings and rounds, and the workbooks of officials."""
