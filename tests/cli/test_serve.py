import socket
import subprocess
import sys


def test_a_port_that_is_taken_is_told_in_one_line(visamatch, transactional_db):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        answer = visamatch("serve", "--port", port)
    assert answer.code == 2
    assert answer.out == ""
    assert f"found '{port}'; expected a free port" in answer.err.splitlines()[-1]


def test_the_command_line_loads_no_framework_until_it_serves():
    code = "import sys, visamatch.cli; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "False"
