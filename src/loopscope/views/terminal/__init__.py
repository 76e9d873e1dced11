"""Views for a terminal: 80 columns, with or without colour, Unicode or ASCII."""
