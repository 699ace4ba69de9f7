"""Wrong answers in large numbers, on which the checks themselves are tried."""
