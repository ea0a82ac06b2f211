"""Measures how long Ctrl-C takes to become a KeyboardInterrupt inside hot loops, in milliseconds.

usage: SOME_PYTHON perf/interrupt.py [TIMES]

The interpreter that runs this file is the one that is measured: a thread sends the signal, the loop in the main thread notes when the
exception arrives. Each loop runs long enough before to be compiled.
"""

import os
import signal
import sys
import threading
import time


def counting():
    i = 0
    while True:
        i += 1


def numbers():
    x = 0.5
    while True:
        x = x * 1.0000001 + 1e-9
        if x > 2.0:
            x = 0.5


def items():
    cells = [0] * 1000
    while True:
        for i in range(1000):
            cells[i] += i


def calls():
    def add(a, b):
        return a + b
    total = 0
    while True:
        total = add(total, 1)


def generators():
    while True:
        sum(i * i for i in range(10 ** 7))


def text():
    while True:
        s = ""
        for i in range(1000):
            s += str(i)


def delay(loop):
    sent = []

    def send():
        time.sleep(0.2)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        loop()
    except KeyboardInterrupt:
        arrived = time.perf_counter()
    thread.join()
    return (arrived - sent[0]) * 1000


def main():
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    for loop in (counting, numbers, items, calls, generators, text):
        delays = sorted(delay(loop) for _ in range(times))
        print(f"{loop.__name__:12} median {delays[times // 2]:7.2f} ms   longest {delays[-1]:7.2f} ms")


main()
