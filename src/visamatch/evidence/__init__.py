"""Dated statements about programs, what they add up to, and how sure that is."""
