"""The Match: the matching engine and the simulated national market."""
