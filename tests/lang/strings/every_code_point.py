# Every code point through every test, case mapping and conversion of str: digests, one for each method.
# krait: modes=off,on
# krait: timeout=120
import hashlib


def h(x):
    return hashlib.md5(repr(x).encode('utf-8','surrogatepass')).hexdigest()[:8]
# all code points
for name in ('isalnum isalpha isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper').split():
    m=getattr(str,name); print(name, h([i for i in range(0x110000) if m(chr(i))]))
for name in 'lower upper title casefold swapcase capitalize'.split():
    m=getattr(str,name); print(name, h([(i,m(chr(i))) for i in range(0x110000) if m(chr(i))!=chr(i)]), h([m('a'+chr(i)+'B') for i in range(0x3000)]))
print('repr',h([repr(chr(i)) for i in range(0x110000)]), h([ascii(chr(i)) for i in range(0,0x110000,7)]))
print('split', h([('a'+chr(i)+'b').split() for i in range(0x3100)]), h([('a'+chr(i)+'b').splitlines() for i in range(0x3100)]), h([(chr(i)+'b'+chr(i)).strip() for i in range(0x3100)]))
def num(i):
    out=[]
    for f in (int,float,complex):
        try: out.append(f(chr(i)))
        except ValueError: out.append(None)
    return out
print('int', h([num(i) for i in range(0x20000)]))
