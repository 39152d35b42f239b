"""The encrypted file of a desk: keys, migrations, log, the two layers, drafts, search, blobs, backup, wipe.

`desk_file.DeskFile` is the door; every other module works inside its transactions.
"""
