"""The way through an exercise, the same in the terminal and in the browser."""
