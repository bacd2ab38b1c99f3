"""The USCIS H-1B Employer Data Hub."""
