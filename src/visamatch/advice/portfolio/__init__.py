"""Where to apply: the set of applications worth most under fees, and a bound on what could be better.

``problem`` states the question, ``greedy`` and ``exact`` answer it where outcomes move together,
``independent`` where they do not, ``document`` reads and writes the public JSON form.
"""
