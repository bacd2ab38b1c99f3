"""Letters, spreadsheets, calendar files and the printable dossier."""
