"""Cycles, tasks and deadlines: what is due by when."""
