"""The app's settings in a home of their own, so that tests never touch the user's."""

import os
import tempfile

os.environ["VISAMATCH_HOME"] = tempfile.mkdtemp(prefix="visamatch-tests-")

from visamatch.web.settings import *  # noqa: E402, F403
from visamatch.web.settings import DATABASES, home  # noqa: E402

DATABASES["default"]["TEST"] = {"NAME": home() / "test.sqlite3"}
