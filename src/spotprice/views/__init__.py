"""What is shown of prices: a JSON document, and tables for the terminal."""
