"""The demonstration city: a deterministic, labelled synthetic layout on real names."""
