"""How a sweep is run: its configuration, what it needs, its jobs. Decides no result."""
