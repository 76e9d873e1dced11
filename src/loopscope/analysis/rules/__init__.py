"""One rule a file; ``catalogue.py`` lists them in order of worth."""
