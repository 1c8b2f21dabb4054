"""How a sweep is run: its configuration, what it needs, its jobs. It decides no result."""
