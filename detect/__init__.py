"""What is suspicious: detectors over single facts, networks over many, and how those change by the week."""
