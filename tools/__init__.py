"""Tools of the project's own making: generated docs, mutation runs."""
