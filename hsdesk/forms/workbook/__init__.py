"""Workbooks of forms: reading the sheets an official wrote, checking their cells, writing them back."""

from hsdesk.forms.workbook.export import export_workbook, markdown_of

__all__ = ["export_workbook", "markdown_of"]
