"""People and days: organisations, tasks, acceptance (Django apps). Empty until the programme issue fills it."""
