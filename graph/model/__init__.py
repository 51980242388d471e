"""What the graph's things are: ids, records, findings, values. Pure; imports nothing of ours but errors."""
