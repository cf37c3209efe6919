"""Running the service: snapshots replaced under load, bounds on work, what is told to operators."""
