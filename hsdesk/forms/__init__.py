"""Forms: from an XLSForm or XForm to a typed `Form`, the question types, and an open form with its rules.

`types/` has one file a question type; `xform/` and `workbook/` read and write the files of officials; `live/`
is a form while somebody fills it, behind `session.Session`. No database, no network, no window.
"""
