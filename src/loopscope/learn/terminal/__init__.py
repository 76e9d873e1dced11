"""Learning in the terminal: by keyboard alone, in 80 columns, with or without colour."""
