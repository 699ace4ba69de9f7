"""Keeping the course in order: its environment, its pins and its own tests."""
