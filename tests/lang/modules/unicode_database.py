"""unicodedata: hashes over all properties, names and normal forms of all code points; lookups; errors."""
import unicodedata as u
acc={}
names={}
for i in range(0x110000):
    c=chr(i)
    acc[0]=hash((acc.get(0,0),u.category(c),u.combining(c),u.mirrored(c),u.decomposition(c),u.decimal(c,0),u.digit(c,0),u.numeric(c,0)))
    acc[1]=hash((acc.get(1,0),u.bidirectional(c)))
    acc[2]=hash((acc.get(2,0),u.east_asian_width(c)))
    n=u.name(c,'')
    acc[3]=hash((acc.get(3,0),n))
    if n and u.lookup(n)!=c: print('lookup',hex(i),n)
    if not 0xd800<=i<0xe000: acc[4]=hash((acc.get(4,0),u.normalize('NFC',c),u.normalize('NFD',c),u.normalize('NFKC',c),u.normalize('NFKD',c)))
    if i%0x1000==0xfff: print(hex(i),acc)
print(u.name('\u0958'), '\N{BULLET}\N{greek small letter alpha}', u.lookup('LINE FEED').encode(), ascii(u.lookup('LATIN SMALL LETTER A WITH MACRON AND GRAVE')))
def t(f,*a):
    try: return ascii(f(*a))
    except Exception as e: return type(e).__name__+str(e)
print(t(u.name,'\x00'),t(u.lookup,'foo'),t(u.category,'ab'),t(u.category,1),t(u.normalize,'X','a'),t(u.numeric,'a'),t(u.decimal,'½'),t(u.digit,'½'),t(u.numeric,'½'),t(u.digit,'²'),t(u.lookup,'CJK UNIFIED IDEOGRAPH-4E00'),t(u.lookup,'HANGUL SYLLABLE GAG'), t(u.lookup,'CJK UNIFIED IDEOGRAPH-0041'))
for s in ['é','e\u0301','\u1e9b\u0323','한글','\u1112\u1161\u11ab','ﬁ','Å','a\u0315\u0300\u05ae\u0301b','\u0344','q\u0323\u0307','q\u0307\u0323','\u1100\u1161\u11a8\u11a8']:
    print([ascii(u.normalize(f,s)) for f in ('NFC','NFD','NFKC','NFKD')],[u.is_normalized(f,s) for f in ('NFC','NFD','NFKC','NFKD')])
print('日本'.encode('ascii','namereplace'), b'\\N{DIGIT ONE}'.decode('unicode_escape'), u.unidata_version, u.ucd_3_2_0.unidata_version, "")
