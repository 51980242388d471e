"""What is suspicious: detectors over single facts, networks over many, and their change from week to week."""
