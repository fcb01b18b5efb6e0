"""What must be true: documents as dated, cited data."""
