"""Frozen values and pure functions: places, periods, identity numbers, pinyin, the clock, answers, rounds.

Nothing here knows a form, a file or a network.
"""
