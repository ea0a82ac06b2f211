"""Counting the words of a text that the program makes up itself. Strings, split, dict counting and sorting.

usage: word_count.py [WORDS]
"""

import sys

SYLLABLES = ("ka", "ri", "mo", "te", "lu", "shan", "ber", "os", "in", "va", "dor", "el", "py", "nak", "sor", "ith")
MARKS = (" ", " ", " ", " ", ", ", ". ", "\n", "; ")


def make_text(words):
    """Short words are frequent, as in a language."""
    seed = 42
    parts = []
    for index in range(words):
        seed = (seed * 1664525 + 1013904223) & 0xFFFFFFFF
        bits = seed >> 8
        length = 1 + (bits & 1) + (bits >> 1 & bits >> 2 & 1)
        word = ""
        for _ in range(length):
            bits >>= 3
            word += SYLLABLES[bits & 15]
        if index % 11 == 0:
            word = word.capitalize()
        parts.append(word)
        parts.append(MARKS[bits >> 4 & 7])
    return "".join(parts)


def count(text):
    counts = {}
    for line in text.split("\n"):
        for word in line.split():
            word = word.strip(".,;").lower()
            if word:
                counts[word] = counts.get(word, 0) + 1
    return counts


def main():
    words = int(sys.argv[1]) if len(sys.argv) > 1 else 3500000
    counts = count(make_text(words))
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for word, times in ranking[:5]:
        print(f"{word:12} {times}")
    checksum = 0
    for word, times in ranking:
        checksum = (checksum * 31 + len(word) * times) % 1000003
    print(len(counts), sum(counts.values()), checksum)


if __name__ == "__main__":
    main()
