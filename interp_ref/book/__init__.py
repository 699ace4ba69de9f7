"""The book: the lessons as a web site with executed outputs, made by Sphinx from the lessons' own texts."""
