"""Submissions that try to get what they did not earn, as data, and what became of them."""
