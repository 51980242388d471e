"""Plans against the reference executor."""
