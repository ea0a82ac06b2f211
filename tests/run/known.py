"""Tests that are known to fail, with the reason: tests/known_failures.txt, one a line:

    lang/functions/closures.py [release --jit=stress]: what is wrong
    cli/broken_pipe: what is wrong

A configuration may be left out: then it covers all. A listed test is still run and reported; it does not make the run fail. A test
that is listed and passes is named, so that its line can go. What is not listed must pass.
"""

import os
import re

FILE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "known_failures.txt")
LINE = re.compile(r"^([^\s:\[]+)(?: \[([^\]]+)\])?: (.+)$")


def known_failures():
    """{(name, configuration or None): reason}"""
    known = {}
    if os.path.exists(FILE):
        with open(FILE, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                line = line.rstrip("\n")
                if not line or line.startswith("#"):
                    continue
                match = LINE.match(line)
                if not match:
                    raise SystemExit(f"{FILE}:{number}: not 'NAME [CONFIGURATION]: REASON'")
                known[match[1], match[2]] = match[3]
    return known


def reason_for(known, name, configuration=None):
    """Why this test is expected to fail; None when it must pass."""
    return known.get((name, configuration)) or known.get((name, None))
