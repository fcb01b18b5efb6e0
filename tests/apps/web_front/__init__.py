"""The pages' style, scripts and parts, without a server."""
