"""The applicant's own things as plain typed records, saved and loaded as one document."""
