"""What a trace looks like: a view-model first, then its output; no view starts a run."""
