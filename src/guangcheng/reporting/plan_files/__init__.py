"""A fibre plan as files: what the run folder holds, the tables that go into it, and how they are written."""
