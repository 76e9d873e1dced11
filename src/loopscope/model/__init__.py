"""The words: what a task, a step, a suspension, a wake and a stall are."""
