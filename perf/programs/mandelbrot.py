"""The Mandelbrot set as an escape-time picture, of which a hash is printed. Pure float arithmetic and branches.

usage: mandelbrot.py [WIDTH]
"""

import sys

LIMIT = 100


def escape_time(cx, cy):
    x = y = 0.0
    for step in range(LIMIT):
        xx = x * x
        yy = y * y
        if xx + yy > 4.0:
            return step
        y = 2.0 * x * y + cy
        x = xx - yy + cx
    return LIMIT


def main():
    width = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    inside = 0
    checksum = 0
    for row in range(width):
        cy = 2.0 * row / width - 1.0
        for column in range(width):
            steps = escape_time(3.0 * column / width - 2.25, cy)
            if steps == LIMIT:
                inside += 1
            checksum = (checksum * 31 + steps) % 1000003
    print(inside, checksum)


if __name__ == "__main__":
    main()
