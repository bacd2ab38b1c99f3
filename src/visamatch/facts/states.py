"""States and territories with residency programs, by postal code."""

STATES: dict[str, str] = dict(
    line.split(" ", 1)
    for line in """\
AK Alaska
AL Alabama
AR Arkansas
AZ Arizona
CA California
CO Colorado
CT Connecticut
DC District of Columbia
DE Delaware
FL Florida
GA Georgia
GU Guam
HI Hawaii
IA Iowa
ID Idaho
IL Illinois
IN Indiana
KS Kansas
KY Kentucky
LA Louisiana
MA Massachusetts
MD Maryland
ME Maine
MI Michigan
MN Minnesota
MO Missouri
MS Mississippi
MT Montana
NC North Carolina
ND North Dakota
NE Nebraska
NH New Hampshire
NJ New Jersey
NM New Mexico
NV Nevada
NY New York
OH Ohio
OK Oklahoma
OR Oregon
PA Pennsylvania
PR Puerto Rico
RI Rhode Island
SC South Carolina
SD South Dakota
TN Tennessee
TX Texas
UT Utah
VA Virginia
VT Vermont
WA Washington
WI Wisconsin
WV West Virginia
WY Wyoming""".splitlines()
)

NEW_ENGLAND = ("MA", "CT", "RI", "NH", "ME", "VT")
# The Census Bureau's South, and Puerto Rico.
SOUTH = frozenset(
    [
        "AL",
        "AR",
        "DC",
        "DE",
        "FL",
        "GA",
        "KY",
        "LA",
        "MD",
        "MS",
        "NC",
        "OK",
        "PR",
        "SC",
        "TN",
        "TX",
        "VA",
        "WV",
    ]
)

_BY_NAME = {name.upper(): letters for letters, name in STATES.items()}


def postal(text: str) -> str:
    """The two letters of a state written either way; other text comes back in capitals."""
    plain = " ".join(text.upper().split())
    return _BY_NAME.get(plain, plain)
