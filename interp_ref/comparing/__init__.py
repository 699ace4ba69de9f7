"""`interp compare`: how good methods are on pictures whose truth is known, beside maps without a class."""
