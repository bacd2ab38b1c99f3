"""The web app: parse, call, render."""
