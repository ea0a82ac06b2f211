"""struct: every format letter in every byte order against values in and out of range; buffers, iteration, half floats."""
import struct
def tryf(f,*a,**k):
    try: return repr(f(*a,**k))
    except BaseException as e: return type(e).__name__+': '+str(e)
vals=[0,1,-1,127,128,-128,-129,255,256,32767,32768,-32768,65535,65536,2**31-1,2**31,-2**31,2**32-1,2**32,2**63-1,2**63,-2**63,2**64-1,2**64,-2**64,2**70,1.5,1e10,1e300,float('inf'),float('nan'),'a',b'a',b'abc',None,[],True]
for order in ('','@','=','<','>','!'):
    for c in 'cbBhHiIlLqQnNPefd?spx':
        for v in vals:
            r = tryf(struct.pack,order+c,v)
            print(order,c,v,r)
        print(tryf(struct.calcsize,order+c), tryf(struct.unpack,order+c,bytes(range(200,208))[:int(tryf(struct.calcsize,order+c)) if tryf(struct.calcsize,order+c).isdigit() else 1]))
for f in ('','i','bi','bq0i','<bi','=bi','3s','0s','10p','2h 3i','i 3','z','99999999999999999999i','xbx','4x','\t2 i','3si','>hhl','3c','ihb','bhi','bd','bP','?5?'):
    print(repr(f), tryf(struct.calcsize,f), tryf(struct.Struct,f)[:22], tryf(lambda: struct.Struct(f).format))
print(tryf(struct.pack,'3s5s0s',b'ab',b'abcdefgh',b'x'), tryf(struct.pack,'5p3p1p',b'abcdefgh',b'x',b'yy'), tryf(struct.unpack,'3s5p',b'abc\x03xyzw'), tryf(struct.pack,'3i',1,2,3), tryf(struct.pack,'3i',1,2), tryf(struct.pack,'i',1,2))
b=bytearray(16)
print(tryf(struct.pack_into,'<ih',b,2,1,-1), b, tryf(struct.pack_into,'i',b,-4,7), b, tryf(struct.pack_into,'i',b,14,7), tryf(struct.pack_into,'i',b,-20,7), tryf(struct.pack_into,'i',b,-2,7), tryf(struct.pack_into,'i',b'abcd',0,7), tryf(struct.pack_into,'i'), tryf(struct.pack_into,'i',b), tryf(struct.pack_into), tryf(struct.pack_into,'i',b,'a',1))
print(tryf(struct.unpack_from,'<i',b,2), tryf(struct.unpack_from,'<i',b,-4), tryf(struct.unpack_from,'<i',b,14), tryf(struct.unpack_from,'<i',b,-2), tryf(struct.unpack_from,'<i',b,-20), tryf(struct.unpack_from,'<i',buffer=b,offset=0), tryf(struct.unpack,'i',b'a'), tryf(struct.unpack,'i','abcd'))
print(list(struct.iter_unpack('<h',b'abcdef')), tryf(struct.iter_unpack,'<h',b'abc'), tryf(struct.iter_unpack,'',b''))
s=struct.Struct('<if'); print(s.size, s.format, s.pack(1,2.5), s.unpack(s.pack(1,2.5)), list(s.iter_unpack(s.pack(1,2)*2)), tryf(struct.Struct,1), tryf(struct.Struct), tryf(s.pack,1), struct.error, struct.error.__mro__)
for i in range(0,65536,37): print(i, struct.unpack('<e',struct.pack('<H',i)), end=' ')
for v in (1e-8,6e-8,1.0005,65504,65519,65520,0.1,-2.3,1/3,2**-24,2**-25,2**-25*1.0001,5.96e-8): print(tryf(struct.pack,'<e',v))
