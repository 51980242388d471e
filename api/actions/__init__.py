"""What readers may change: each change once, with its receipt and its line in the audit log."""
