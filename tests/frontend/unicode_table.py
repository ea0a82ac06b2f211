"""Writes what krait_compile needs to know about characters: see frontend/tool/unicode_table.h."""
import os
import tempfile
import unicodedata


def rows():
    for code in range(128, 0x110000):
        char = chr(code)
        if 0xD800 <= code < 0xE000:
            continue
        flags = ('s' if char.isidentifier() else '') + ('c' if ('a' + char).isidentifier() else '')
        flags += '' if char.isprintable() else 'n'
        name = unicodedata.name(char, '')
        normal = unicodedata.normalize('NFKC', char)
        if not flags and not name and normal == char:
            continue
        yield f'{flags} {code:x} {name}' + (f'={normal}' if normal != char and '\n' not in normal else '')
    for code in range(128):
        yield f'- {code:x} {unicodedata.name(chr(code), "")}'


def install():
    """Makes the table once and points KRAIT_UNICODE at it."""
    path = os.path.join(tempfile.gettempdir(), f'krait-unicode-{unicodedata.unidata_version}-{os.getuid()}.txt')
    if not os.path.exists(path):
        with open(path + '.new', 'w', encoding='utf-8') as file:
            file.write('\n'.join(rows()) + '\n')
        os.replace(path + '.new', path)
    os.environ['KRAIT_UNICODE'] = path
