"""Measurements that a person runs, not tests: how long and how large."""
