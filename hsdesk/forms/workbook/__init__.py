"""Workbooks of forms: reading the sheets an official wrote, checking their cells, writing them back."""
