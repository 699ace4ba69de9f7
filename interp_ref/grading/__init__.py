"""A class of submissions: a sample one to look at, and the table of who got what and why."""
