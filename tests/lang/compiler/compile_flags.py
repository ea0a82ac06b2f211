"""compile, eval, exec: flags, modes, namespaces, closures, inherited features, await at top level, and codeop on top of them."""

import ast, re, types, sys, __future__, codeop, warnings
def t(label, f, *a, **k):
    try: r = f(*a, **k); print(label, "->", type(r).__name__, r if not isinstance(r, (types.CodeType, ast.AST, types.FunctionType)) else "")
    except BaseException as e: print(label, type(e).__name__, e, getattr(e,'lineno',None), getattr(e,'offset',None))
for flags in (0,0x10,0x100,0x200,0x400,0x800,0x1000,0x2000,0x4000,0x8000,0x20000,0x1000000,0x2000000,-1,2**31,2**40,None,"a",1.0,True):
    t(("flags",flags), compile, "x=1", "f", "exec", flags)
for opt in (-2,-1,0,1,2,3,None,"x"): t(("opt",opt), compile, "x=1","f","exec",optimize=opt)
for mode in ("exec","eval","single","func_type","Exec","",3,None,b"exec"): t(("mode",mode), compile,"x","f",mode); t(("mode",mode), compile,"x","f",mode,0x400)
for src in (3,None,b"x",bytearray(b"x"),memoryview(b"x"),"x\0y",b"x\0","\ud800",[],"",b"",b"\xef\xbb\xbfx","\ufeffx"): t(("src", re.sub(" at 0x[0-9a-f]+", "", ascii(src))), compile, src,"f","eval")
t("noargs", compile); t("one", compile, "x"); t("many", compile,"x","f","exec",0,0,0,0); t("kw", compile, source="x", filename="f", mode="eval", _feature_version=5)
t("badkw", compile, "x","f","exec",foo=1)
class DI:
    def __bool__(self): raise KeyError("b")
t("di", compile, "x","f","exec",0,DI())
t("di", compile, "x","f","exec",0,[])
# eval/exec
for a in [("x",3),("x",{},3),("x",[]),("1+",),(b" 1",),(bytearray(b"\t 2"),),(memoryview(b"3"),),(3,),(None,),("x",None,None),(compile("1","f","eval"),),(compile("x=1","f","exec"),{}),("1",types.MappingProxyType({})),("1",{},types.MappingProxyType({})),("",),("  ",),("\n1",),(" 1\n\n",),("1;",),("1 2",),("x=1",)]:
    t(("eval",re.sub(" at 0x[0-9a-f]+", "", str(a))[:30]), eval, *a)
for a in [("x=1",3),("x=1",{},3),("x=1",[]),(3,),(None,),("\0",),(b"x=1",),(compile("x=1","f","single"),{}),("x=1",types.MappingProxyType({}))]:
    t(("exec",re.sub(" at 0x[0-9a-f]+", "", str(a))[:30]), exec, *a)
def outer():
    a=1; b=2
    def inner():
        nonlocal a
        a+=1; return a,b
    return inner
inner=outer(); code=inner.__code__; cells=inner.__closure__
print(exec(code, closure=cells), inner())
for c in (None,(),cells[:1],list(cells),(1,2),cells*2,tuple(types.CellType(i) for i in range(2))): t(("closure",str(type(c)),len(c) if c is not None else 0), exec, code, {}, closure=c)
t("closure src", exec, "1", {}, closure=cells); t("closure none", exec, compile("1","f","exec"), {}, closure=cells); t("closure none", exec, compile("1","f","exec"), {}, closure=())
t("evalfree", eval, code); t("exec kw", exec, "1", globals={}); t("eval kw", eval, source="1")
g={}; exec("x=1", g); print(sorted(g)); g={"__builtins__":{}}; t("nob", eval, "len", g); g={"__builtins__":{"len":3}}; t("nob", eval, "len", g)
class M(dict):
    def __missing__(self,k): return k*2
t("missing", eval, "abc", {}, M()); 
class L:
    def __getitem__(self,k):
        if k=="zz": raise KeyError(k)
        return k
    def __setitem__(self,k,v): print("set",k,v)
    def __delitem__(self,k): print("del",k)
t("map", exec, "a=b\ndel a\nprint(q)", {}, L()); t("map", eval, "zz", {}, L())
# futures inherited
src="from __future__ import annotations\nc=compile('x: int','f','exec')\nd=compile('x:int','f','exec',dont_inherit=True)\ne=eval('lambda x: int: 1') if 0 else None"
ns={}; exec(src,ns); print(hex(ns['c'].co_flags), hex(ns['d'].co_flags))
print(hex(compile("1","f","exec",0x1000000).co_flags), hex(compile("1","f","exec",__future__.division.compiler_flag).co_flags))
c=compile("await x","f","eval",0x2000); print(hex(c.co_flags)); c=compile("async with a: pass\n[x async for x in y]","f","exec",0x2000); print(hex(c.co_flags))
import asyncio
async def val(): return 42
async def main():
    co=eval(compile("await val()","f","eval",0x2000), {"val":val}); print(type(co)); print(await co)
    ns={"val":val}; co=eval(compile("x=await val()","f","exec",0x2000), ns); await co; print(ns["x"])
try: asyncio.run(main())
except ImportError as e: print(e)
t("barry", compile, "1<>2","f","eval",0x400000); t("barry", compile, "1!=2","f","eval",0x400000); t("barry", compile, "from __future__ import barry_as_FLUFL\n1<>2","f","exec")
for s in ["if x:","if x:\n  y","if x:\n  y\n","'''abc","(1,","x = \\","x=1;","def f():","try:\n 1\n","@a","a b","class","\\","'abc","f'''{","1+","if 1:\n  x\n y","","#c","  ","\n","pass\n\n","lambda: (","for i in (1,2):\n  pass\nelse:", "match x:\n case 1:\n  pass\n","async def f():\n  await x\n", "return", "x\x00"]:
    for sym in ("single","exec","eval"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            t(("codeop",s,sym), codeop.compile_command, s, "<input>", sym)
    for fl in (0x200,0x4000,0x4200): t(("fl",s,fl), compile, s, "f", "single", fl)
cc=codeop.Compile(); print(hex(cc.flags)); cc("from __future__ import annotations","f","exec"); print(hex(cc.flags), hex(cc("x:int","f","exec").co_flags))
C=codeop.CommandCompiler(); t("C",C,"x=1"); t("C",C,"if 1:"); t("C",C,"1 +* 2")
