"""Who is who: institutions, systems, petitioners, programs, and how names are resolved."""
