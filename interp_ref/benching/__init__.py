"""How long the methods take, measured beside other packages in one run: `interp bench methods`."""
