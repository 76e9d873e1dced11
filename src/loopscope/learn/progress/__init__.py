"""What a learner has done, and when what they predicted is asked again."""
