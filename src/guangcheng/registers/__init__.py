"""What there is: schemas, readers, matching, quality, immutable dated snapshots."""
