# How often sorting compares, and thousands of numbers through every format, conversion and operator: digests.
# krait: timeout=120
import hashlib
import random
import sys


def h(x):
    return hashlib.md5(repr(x).encode()).hexdigest()[:8]


# sort counts
r=random.Random(7)
class K:
    n=0
    def __init__(s,v): s.v=v
    def __lt__(s,o): K.n+=1; return s.v<o.v
tot=[]
for n in list(range(0,70))+[100,200,500,1000,3000]:
    for kind in range(7):
        l=[r.randrange(n+1) for _ in range(n)]
        if kind==1: l.sort()
        if kind==2: l.sort(reverse=True)
        if kind==3: l=sorted(l)[:n//2]+sorted(l)[n//2:][::-1]
        if kind==4: l=[x%4 for x in l]
        if kind==5: l=sorted(l); l[-3:]=[0]*len(l[-3:])
        if kind==6: l=[(i*7)%max(n,1) for i in range(n)]
        for rev in (False,True):
            K.n=0; res=sorted((K(v) for v in l),reverse=rev); tot.append((n,kind,rev,K.n,[k.v for k in res][:5]))
            K.n=0; l2=list(l); l2.sort(key=K,reverse=rev); tot.append(K.n)
print('sort',h(tot))
# floats
import struct
fl=[struct.unpack('<d',struct.pack('<Q',r.getrandbits(64)))[0] for _ in range(6000)]+[r.uniform(-1e6,1e6) for _ in range(3000)]+[round(r.uniform(0,1000),r.randrange(6)) for _ in range(3000)]+[0.0,-0.0,1e16,1e15,123456789012345678.0,5e-324,1.7976931348623157e308,0.1,0.5,2.5,1e22,1e23]
fl=[x for x in fl if x==x]
print('frepr',h([repr(x) for x in fl]), h([float(repr(x))==x for x in fl]))
specs=['','.0f','.1f','.2f','.3e','.0e','g','.3g','.10g','n','%','.2%','+.2f',' .3f','010.2f',',.2f','_.1f','#.0f','#g','<12.3f','^+12.1e','*>15.4g','=+10.1f','.17g','.20f','z.1f','E','G','F','012,.1f']
for s in specs:
    print('ffmt',s,h([format(x,s) for x in fl[:2500]+fl[-1500:]]))
for s in ('%f','%e','%g','%.3f','%10.2e','%-12.4g|','%+.1f','%#.0f','%05.1f','% g','%.0f','%r','%s','%a'):
    print('fpct',s,h([s%x for x in fl[:2500]+fl[-1500:]]))
print('hex',h([x.hex() for x in fl]),h([float.fromhex(x.hex())==x for x in fl]),h([x.as_integer_ratio() for x in fl if abs(x)!=float('inf')][:3000]))
print('round',h([round(x,n) for x in fl if abs(x)<1e17 for n in (0,1,2,3,-1,-2,5)]),h([round(x) for x in fl if abs(x)<1e17]))
print('hash',h([hash(x) for x in fl]))
ints=[r.getrandbits(r.randrange(1,300))*r.choice((1,-1)) for _ in range(3000)]
for s in ('','d','x','#x','o','#o','b','#b','X','#X','c' if 0 else 'n',',','_','_x','_b','+d',' d','030d','<40d','^40,d','=+40_x','e','.3e','g','f','.2%','010'):
    print('ifmt',s,h([format(x,s) for x in ints]))
for s in ('%d','%i','%x','%X','%o','%#x','%#o','%10d','%-10d|','%+d','% d','%010d','%.5d','%.20x','%s','%r'):
    print('ipct',s,h([s%x for x in ints]))
ops=[]
for a,b in zip(ints,ints[1:]):
    b=b or 1
    ops.append((a+b,a-b,a*b,a//b,a%b,divmod(a,b),a&b,a|b,a^b,~a,-a,abs(a),a<b,a==b,a>>(abs(b)%100),a<<(abs(b)%100),a/b if abs(b)>1 else 0,a.bit_length(),a.bit_count(),hash(a),pow(a,3,abs(b)+1),str(a),int(str(a)),int(hex(a),16),round(a,-5),float(a)))
print('iops',h(ops))
def lim(f):
    try: return f()
    except ValueError as e: return str(e)
sys.set_int_max_str_digits(700)
print(lim(lambda:int('1'*701)),lim(lambda:len(str(10**699))),lim(lambda:str(10**700)),lim(lambda:len('%d'%10**699)),lim(lambda:'%d'%10**701),lim(lambda:f'{10**701}'),lim(lambda:len(hex(10**5000))),lim(lambda:int('1'*701,16)%7),lim(lambda:int('1'*701,3)), sys.get_int_max_str_digits())
for bad in (1,639,-1): print(lim(lambda: sys.set_int_max_str_digits(bad)))
sys.set_int_max_str_digits(0); print(len(str(10**10000)))
cs=[complex(a,b) for a,b in zip(fl[:400],fl[400:800])]
print('c',h([repr(c) for c in cs]),h([format(c,'.3f') for c in cs]),h([hash(c) for c in cs]),h([str(c*c) for c in cs]))
for s in ('{:10}','{:<10}','{:^10}','{:*^10}','{:.2}','{:10.2}','{!r:10}','{!a}','{!s:>5}'): print(s.format('aé😀'), s.format(''))
