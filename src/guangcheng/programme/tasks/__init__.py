"""What units must do by when: tasks, reminders, scores, problems, meetings, unit reports, yearly bulletins."""
