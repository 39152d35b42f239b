"""The two databases: connection, transactions, locks, layout, migrations, and their register tables."""
