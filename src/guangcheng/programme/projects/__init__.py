"""Enterprise plans, publicly funded projects through seven stages, application cases."""
