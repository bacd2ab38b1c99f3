"""The web app: parse, call, render. Plain HTML that works without JavaScript; htmx swaps parts of it."""
