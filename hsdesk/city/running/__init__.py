"""What keeps a server going: the service put together, administration, backups, work on records."""
