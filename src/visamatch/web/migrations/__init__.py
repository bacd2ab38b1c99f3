"""Schema changes of the local database; `visamatch serve` applies them by itself."""
