"""The first run: from an empty database to the first warning, one step after the other."""
