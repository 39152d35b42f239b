"""The pages behind the navigation."""
