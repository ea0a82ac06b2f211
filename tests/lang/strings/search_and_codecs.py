# Searching, replacing, UTF-8, parsing of ints and sorting of texts against plain models: their short cuts change with lengths and widths.
import random
r=random.Random(5)
for n in list(range(1,300)):
    for _ in range(3):
        s=''.join(r.choice('0123456789') for _ in range(n)); 
        v=0
        for c in s: v=v*10+ord(c)-48
        assert int(s)==v,(s,); assert int('-'+s)==-v
for s in ('0'*50+'1','9'*19,'1'+'0'*19,'9'*38,'18446744073709551616','340282366920938463463374607431768211456','1'+'0'*256):
    assert str(int(s))==s.lstrip('0')
words=['a','é','ሴ','😀','z'*40]
for _ in range(3000):
    s=''.join(r.choice(words) for _ in range(r.randrange(20)))
    b=s.encode(); assert b.decode()==s; assert (s+'x'*300).encode().decode()==s+'x'*300
    p=r.choice(words+['éa','zz','az','zé','ሴ😀'])
    t=s
    # naive find
    naive=next((i for i in range(len(t)-len(p)+1) if t[i:i+len(p)]==p),-1)
    assert t.find(p)==naive; assert (p in t)==(naive>=0)
    tb,pb=t.encode(),p.encode(); nb=next((i for i in range(len(tb)-len(pb)+1) if tb[i:i+len(pb)]==pb),-1)
    assert tb.find(pb)==nb
    assert t.replace(p,'Q')=='Q'.join(t.split(p)); assert tb.replace(pb,b'Q')==b'Q'.join(tb.split(pb))
    assert t.count(p)==len(t.split(p))-1
abc='ab'
for _ in range(20000):
    t=''.join(r.choice(abc) for _ in range(r.randrange(80))); p=''.join(r.choice(abc) for _ in range(r.randrange(1,6)))
    naive=next((i for i in range(len(t)-len(p)+1) if t[i:i+len(p)]==p),-1)
    st=r.randrange(0,90)
    n2=next((i for i in range(st,len(t)-len(p)+1) if t[i:i+len(p)]==p),-1)
    assert t.find(p)==naive and t.find(p,st)==n2 and t.encode().find(p.encode(),st)==n2,(t,p,st)
l=[''.join(r.choice('abc\xe9\u1234') for _ in range(r.randrange(14))) for _ in range(3000)]
assert sorted(l)==sorted(l,key=lambda s:[ord(c) for c in s])
l=[''.join(r.choice('ab') for _ in range(r.randrange(14))) for _ in range(3000)]
assert sorted(l)==sorted(l,key=lambda s:[ord(c) for c in s])
print(b'\xf0\x9f\x98\x80'.decode(), b'\xc3\xa9'.decode(), '\xe9'.encode(), ascii(b'a\xc3\xa9b'.decode()), [ascii(x.decode('utf8','replace')) for x in (b'\xc3',b'a\xff\xc3\xa9',b'\xed\xa0\x80')])
for bad in ('\ud800','a\udfff'*3):
    try: bad.encode()
    except UnicodeEncodeError as e: print(e)
s={1,2,3}|{4.0,True}; print(s, {1,2.0}&{2,1.0}, {1,2}-{2.0}, 1.0 in {1}, {'a','b'}-{'a'}, set([1,1.0,True,'1']))
for f in ('{:5}|{:.3f}|{:>6}|{:e}|{:,}'.format(3,2.5,'ab',1e10,12345678), f'{5:x}{2.5:8.2f}{"s":^5}', format(1.5,''), format(True,'d'), format(10**20,',')): print(f)
try: f'{"a":d}'
except ValueError as e: print(e)
print('x'.encode('utf-8','strict'), b'x'.decode(encoding='utf-8'), 'é'.encode('UTF-8'))
