"""bytes and bytearray: construction, indexing, methods, mutation, text conversion, errors."""


def attempt(text):
    try:
        print(text, "=", repr(eval(text)))
    except Exception as error:
        print(text, "!", type(error).__name__ + ":", error)


for text in """
bytes()
bytes(3)
bytes([1, 2, 255])
bytes([256])
bytes([-1])
bytes(['a'])
bytes('abc')
bytes('abc', 'utf-8')
bytes('\\u00e9', 'ascii')
bytes(-1)
bytes(1.5)
bytes(range(5))
bytes(b'abc')
bytes(bytearray(b'x'))
bytes(x for x in (1, 2))
b'abc'[0]
b'abc'[-1]
b'abc'[5]
b'abc'[1:]
b'abc'[::-1]
b'abc'['a']
b'abc' + b'd'
b'abc' + 'd'
b'abc' + bytearray(b'd')
bytearray(b'abc') + b'd'
b'ab' * 3
b'a' in b'abc'
97 in b'abc'
'a' in b'abc'
256 in b'abc'
b'abc' == 'abc'
b'abc' < b'abd'
b'abc' < 'abd'
b'abc'.hex()
b'abc'.hex('-')
b'abcdef'.hex('-', 2)
bytes.fromhex('61 62 63')
bytes.fromhex('6')
bytes.fromhex('zz')
b'a,b,c'.split(b',')
b' a b '.split()
b'a,b'.split(',')
b'abc'.find(b'c')
b'abc'.find(99)
b'abc'.find('c')
b'abc'.index(b'x')
b'abcabc'.count(b'c')
b'abcabc'.replace(b'a', b'xx')
b'abc'.replace('a', 'b')
b'  a '.strip()
b'xax'.strip(b'x')
b'abc'.upper()
b'ABC'.lower()
b'abc def'.title()
b'abc'.capitalize()
b'aBc'.swapcase()
b'abc'.startswith(b'ab')
b'abc'.endswith((b'x', b'c'))
b'abc'.startswith('a')
b','.join([b'a', b'b'])
b','.join(['a'])
b''.join([bytearray(b'x'), b'y'])
b'a-b'.partition(b'-')
b'a-b-c'.rpartition(b'-')
b'a\\nb\\r\\n'.splitlines()
b'a\\nb'.splitlines(True)
b'abc'.center(7, b'*')
b'abc'.ljust(5) + b'|'
b'abc'.rjust(5)
b'7'.zfill(3)
b'abc'.isalpha()
b'123'.isdigit()
b' '.isspace()
b'abc'.islower()
b'ABC'.isupper()
b'a1'.isalnum()
b'Abc'.istitle()
b'abc'.isascii()
b'abc'.translate(bytes(range(256)), b'b')
b'abc'.translate(bytes.maketrans(b'ab', b'xy'))
b'abc'.translate(b'x')
b'a\\tb'.expandtabs(4)
b'prefix'.removeprefix(b'pre')
b'suffix'.removesuffix(b'fix')
b'abc'.decode()
b'\\xff'.decode()
b'\\xff'.decode('latin-1')
b'abc'.decode('ascii', 'strict')
list(b'abc')
list(reversed(b'abc'))
max(b'abc')
sorted(b'cab')
hash(b'abc') == hash(bytes([97, 98, 99]))
hash(bytearray())
{b'a': 1}[b'a']
len(b'abc')
str(b"it's")
repr(b'\\x00\\x7f\\x80\\n"')
repr(bytearray(b"it's"))
bytearray()
bytearray(3)
bytearray('abc', 'utf-8')
bytearray('abc')
bytearray([1, 300])
bytearray(b'abc').decode()
bytearray(b'abc') == b'abc'
int.from_bytes(b'\\x01\\x00', 'big')
b'%d' % 5
b'abc'.nothing
b'abc'.join
""".strip().splitlines():
    if not text.endswith(".join"):
        attempt(text)


def mutate():
    data = bytearray(b"hello")
    data[0] = 72
    data.append(33)
    data.extend(b" you")
    data.extend([33, 34])
    data += b"?"
    data.insert(0, 60)
    print(data, len(data))
    print(data.pop(), data.pop(0), data)
    data.remove(33)
    data[1:3] = b"EEE"
    del data[0]
    del data[::2]
    data.reverse()
    print(data, data.copy(), data.find(b"e"))
    data *= 2
    print(data)
    data[::2] = bytes(len(data[::2]))
    print(data)
    for code in ("data[100] = 1", "data[0] = 256", "data[0] = 'a'", "data.append(256)", "data.append('a')", "data.remove(200)", "data[::2] = b'toolongforthis'", "data.extend('abc')", "data += 'a'",
                 "data.insert(0, -1)", "del data[100]", "data[0:1] = 5 + 0.5", "bytearray().pop()", "data['a'] = 1"):
        try:
            exec(code, {"data": data})
            print(code, "done", data)
        except Exception as error:
            print(code, type(error).__name__, error)
    data.clear()
    print(data)


mutate()


def checksum(data, rounds):
    a = 0
    for _ in range(rounds):
        for byte in data:
            a = (a * 33 ^ byte) & 0xFFFFFFFF
    return a


def cipher(n):
    buffer = bytearray(n)
    for i in range(n):
        buffer[i] = (i * 7 + 3) & 0xFF
    for i in range(n - 1):
        buffer[i] ^= buffer[i + 1]
    errors = 0
    for i in range(n + 5):
        try:
            buffer[i] += 1
        except IndexError:
            errors += 1
        except ValueError:
            buffer[i] = 0
    return sum(buffer), errors, bytes(buffer[:8])


print(checksum(b"hello world", 300), checksum(bytearray(range(256)), 20), checksum([1, 2, 3], 500), checksum(memoryview(b"xyz"), 500))
print(cipher(3000))
view = memoryview(bytearray(b"abcdef"))
print(view[1], view[2:4].tobytes(), len(view), view.readonly, list(view[::2]), view == b"abcdef", view.itemsize, view.format, view.tolist())
view[0] = 65
view[1:3] = b"XY"
print(view.tobytes(), bytes(view))
