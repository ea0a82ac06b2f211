"""Numbers that touch keywords, and escapes that mean nothing: warnings, and the errors that filters make of them."""

import warnings

warnings.simplefilter('always')
def chk(src, mode='eval'):
    for act in ('always','error'):
        with warnings.catch_warnings(record=True) as w:
            warnings.simplefilter(act)
            try: compile(src, '<t>', mode); r='ok'
            except SyntaxError as e: r=(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text)
            print(repr(src), act, r, [(x.category.__name__, str(x.message), x.lineno, x.filename) for x in w])
for num in "0xf", "0o7", "0b1", "9", "0", "1.", "1e3", "1j":
    for suf in "and x","or x","in x","not in x","if x else y","is x","spam","else","for","_x"," and x":
        chk(num+suf)
    chk(f"x if {num}else y"); chk(f"[{num}for x in ()]")
chk("[0x1ffor x in ()]"); chk("[0x1for x in ()]"); chk("[0xfor x in ()]")
for s in [r"'\400'", r"b'\777'", r"'\477\478'", "b'''\n\\407'''", r"'\d'", r"b'\d'", "'''\n\n\\d'''", r"f'\d{x}'", r"f'{x}\d'", r"f'\{x}'", r"f'\407'", "f'''\n\n\\407{x}'''", r"'\8'", r"'\9' '\q' '\z'", "'\\\u00e9'"]:
    chk(s)
chk("0b1and 2\n", 'exec'); chk("x = 1is 2\n",'exec'); chk("1 is 1"); chk("x is ()"); chk("'a' is not x"); chk("(1)(2)"); chk("[1][2,3]"); chk("assert (x, 'a')", 'exec'); chk("'a'[1,2]"); chk("1.0['a']"); chk("(x for x in y)[1]"); chk("f'a'()"); chk("()()"); chk("{}()"); chk("[]['a']"); chk("None[1]"); chk("(lambda:1)[1]"); chk("...[1]"); chk("b'a'['a']"); chk("(1,)['a']"); chk("{1}[1]");  chk("{1:2}[1]"); chk("[x for x in y][1,2]")


def chk_exec(src):
    chk(src, "exec")


chk_exec("x = '\\d'\n"); chk_exec("x = '\\d'\ny=1\n"); chk_exec("x = '\\d'; z = 2\ny=1\n"); chk_exec("x = '\u00e9\u00e9\\d'; z = 2\ny=1\n"); chk_exec("é = 1\nif x:\n  x = '\\d' '\u00e9\\d' '''\n''' ; z = 2\ny=1\n")
chk_exec("x = ('a'\n '\\d'\n 'b')\n")
chk_exec("é = 1and x\ny = 2\n"); chk_exec("x = [\n1,\né, 1and x\n]\n"); chk_exec("x = f'é{a}\\d'\n"); chk_exec("x = f'é{1and x}'\n"); chk_exec("x = f'''é{1and x}\n'''\n"); chk_exec("x = f'''é\n{'\\d'}\n'''\n"); chk_exec("x = f'é{\"\\d\"}'\n"); 
chk_exec("x = '''\n\n\\d''' '\\d'\n"); chk_exec("x = '\\400'\n");chk_exec("x = f'é\\400{x}'\n");
chk_exec("x = '''ab\n\n\\d'''; y = 1\nz = 2")
chk_exec("x = 1 \\\n + '\\d'\n")
chk_exec("x is 1\n"); 
