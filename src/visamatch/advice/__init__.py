"""What one applicant should do: groups, chances, portfolio, signals, rank list, questions to ask."""
