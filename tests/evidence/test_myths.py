from visamatch.evidence.myths import myths


def test_every_saying_has_a_finding_and_its_n_or_says_no_data():
    for myth in myths():
        assert myth.saying.endswith(".")
        assert (myth.n > 0) != ("No data" in myth.finding)
