"""Answers that a run gives: times, orders, lines, who ran next."""
