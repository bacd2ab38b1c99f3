"""How records are shown: the tags used by every template."""
