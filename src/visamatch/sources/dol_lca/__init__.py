"""Labor condition applications of the Department of Labor."""
