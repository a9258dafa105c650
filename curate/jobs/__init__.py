"""Jobs: one file a command. A job resolves, runs and tells; it prints nothing."""
