"""The app's settings in a home of their own, so that tests never touch the user's."""

import os
import tempfile

os.environ["VISAMATCH_HOME"] = tempfile.mkdtemp(prefix="visamatch-tests-")

from visamatch.web.settings import *  # noqa: F403
from visamatch.web.settings import DATABASES, home

DATABASES["default"]["TEST"] = {"NAME": home() / "test.sqlite3"}
