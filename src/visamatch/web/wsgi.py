"""The entry point of any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visamatch.web.settings")
application = get_wsgi_application()
