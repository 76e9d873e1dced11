"""What a lesson is, and how its folder is read."""
