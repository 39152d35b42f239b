"""Registers as typed tables: their columns in two SQL dialects, predicates and aggregates as SQL, redirects.

`contract.Registers` is what reports ask of a place where records lie; desk file and city server answer it.
"""
