"""Immigration law as dated, cited parameters, and the engine that evaluates them for one person."""
