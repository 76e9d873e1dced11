"""Learning in the browser: the same exercises, with the step-through page beside the text."""
