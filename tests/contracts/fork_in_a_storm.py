"""Contract: fork in the middle of compiling and invalidating; parent and child both go on and get the right results."""

import os
import sys

factor = 1


class Box:
    weight = 1

    def get(self, x):
        return x * self.weight


def storm(n, start):
    """Rebinds what its own hot loops rely on."""
    global factor
    box = Box()
    total = start
    for i in range(n):
        total += factor + box.get(i) % 5
        if i % 200 == 199:
            factor = factor % 5 + 1
        if i % 300 == 299:
            Box.weight = Box.weight % 4 + 1
    return total


def run():
    children = []
    global factor
    for k in range(8):
        storm(700, k)
        sys.stdout.flush()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            factor, Box.weight = 1, 1
            os.write(write, str(storm(3000, k)).encode())
            os.close(write)
            os._exit(k)
        os.close(write)
        children.append((pid, read))
    factor, Box.weight = 1, 1
    print("parent", storm(3000, 0))
    for pid, read in children:
        text = os.read(read, 100).decode()
        os.close(read)
        _, status = os.waitpid(pid, 0)
        print(text, os.WIFEXITED(status), os.WEXITSTATUS(status))


run()
