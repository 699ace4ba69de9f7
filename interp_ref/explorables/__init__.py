"""The explorables: pages of the book that answer to a reader's hand, and the data that they show."""
