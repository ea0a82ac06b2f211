"""Every relative link of the documents leads to a file that exists, and every path in backquotes that looks like one of ours.

usage: check_links.py [--build ignored]
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")
OURS = re.compile(r"`((?:frontend|runtime|interp|jit|tests|perf|docs)/[A-Za-z0-9_./-]+)`")


def main():
    passed = failed = 0
    documents = [os.path.join(ROOT, "README.md"), os.path.join(ROOT, "perf/README.md"), *glob.glob(os.path.join(ROOT, "docs/*.md"))]
    for document in sorted(documents):
        with open(document) as file:
            text = file.read()
        targets = {os.path.join(os.path.dirname(document), each[0]) for each in LINK.findall(text) if "://" not in each[0]}
        targets |= {os.path.join(ROOT, each) for each in OURS.findall(text)}
        for target in sorted(targets):
            if os.path.exists(target):
                passed += 1
            else:
                failed += 1
                print(f"{os.path.relpath(document, ROOT)}: {os.path.relpath(target, ROOT)} does not exist")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
