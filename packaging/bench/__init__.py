"""The benchmark table: every figure beside its target and beside a floor measured in the same run."""
