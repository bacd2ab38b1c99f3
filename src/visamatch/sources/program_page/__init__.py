"""Program pages: what a reader of the page would see, and the date the page gives itself."""
