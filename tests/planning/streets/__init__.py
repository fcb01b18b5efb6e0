"""Tests of the planning graph and the routes in it."""
