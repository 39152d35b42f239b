"""First run, unlocking and the recovery code."""
