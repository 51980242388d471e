"""What is new: following clusters from week to week, and saying what joined them."""
