"""The doors: command line, settings and bootstrap (the only place that knows adapters)."""
