"""Build the shipped fact tables from the raw data folder. One module a family of tables."""
