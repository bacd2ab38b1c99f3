"""One module a page, plain functions."""
