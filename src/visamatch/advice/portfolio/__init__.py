"""Where to apply: the set of applications worth most under fees, and a bound on what could be better.

``problem`` states the question and ``feasible`` whether it has an answer; ``search`` answers it where outcomes move
together, ``attend`` where interviews are limited too, ``couple`` for two, ``independent`` where outcomes are
independent. ``document`` reads and writes the public JSON form.
"""
