"""What the graph is, and the only road to it. Imports none of our other rooms."""
