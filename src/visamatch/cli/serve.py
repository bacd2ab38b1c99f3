"""``visamatch serve``: the web app on this machine."""

from typing import Annotated

import typer

PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")]


def serve(port: PortOption = 8000) -> None:
    """Start the web app on 127.0.0.1 and stay until Ctrl-C; the local database is set up by itself.

    Example: visamatch serve --port 8000
    """
    import waitress
    from django.core.management import call_command

    from visamatch.errors import InputError
    from visamatch.web.wsgi import application

    call_command("migrate", verbosity=0)
    try:
        server = waitress.create_server(application, host="127.0.0.1", port=port, threads=8)
    except OSError as error:
        raise InputError("--port", f"a free port ({error.strerror})", port) from None
    typer.echo(f"visamatch is at http://127.0.0.1:{port} (Ctrl-C to stop)", err=True)
    _warm()
    server.run()


def _warm() -> None:
    """Read the facts and assess every program before the first page asks for it."""
    from visamatch.evidence.assess import assess_all
    from visamatch.web.guards import today

    list(assess_all(today()).values())
