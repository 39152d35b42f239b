"""Who may do what: permission, accounts, devices, the authority, wipe orders, throttle, audit trail."""
