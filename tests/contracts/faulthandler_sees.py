"""Contract: faulthandler prints the frames of a hot loop, from outside of it, with the function and a line that is in the loop."""

import faulthandler
import os
import re
import tempfile


def inner(i, file):
    if i == 2999:
        faulthandler.dump_traceback(file=file, all_threads=False)
    return i


def outer(n, file):
    total = 0
    for i in range(n):
        total += inner(i, file)
    return total


with tempfile.TemporaryFile("w+") as file:
    print(outer(3000, file))
    file.seek(0)
    text = file.read()
for line in text.splitlines():
    found = re.match(r'  File ".*", line (\d+) in (\S+)', line)
    print(found.groups() if found else line.split(" (")[0].split("0x")[0])
