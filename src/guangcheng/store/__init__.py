"""Ports and adapters: tables (Engine) and files by hash (Blobs)."""
