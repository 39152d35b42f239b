"""The ledger: ops are numbered, merged, answered and told; record parts, conflicts, attachments, epochs."""
