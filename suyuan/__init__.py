"""The one command, `suyuan`: it composes the rooms and talks to the person at the terminal."""
