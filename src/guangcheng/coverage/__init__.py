"""How far we are: reach per premises, indicators with their trace, verdicts, gaps."""
