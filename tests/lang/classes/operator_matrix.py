"""Every operator over pairs of operands of every sort: results, reflections, in-place forms, messages."""

# operators: reflected, in place, comparison, hashing, subclasses of builtins
import operator, math
def t(f, *a, **k):
    try: r = f(*a, **k); print("ok", type(r).__name__, str(r)[:150].split(' at 0x')[0])
    except BaseException as e: print(type(e).__name__, e)
ops = ['add','sub','mul','matmul','truediv','floordiv','mod','divmod','pow','lshift','rshift','and','xor','or']
def mk(name, base=object, left=True, right=True, inp=False, ni=False):
    ns={}
    for o in ops:
        if left: ns[f'__{o}__']=(lambda o: lambda s,x,*m: NotImplemented if ni else f'{name}.{o}')(o)
        if right: ns[f'__r{o}__']=(lambda o: lambda s,x,*m: NotImplemented if ni else f'{name}.r{o}')(o)
        if inp and o!='divmod': ns[f'__i{o}__']=(lambda o: lambda s,x,*m: NotImplemented if ni else f'{name}.i{o}')(o)
    return type(name,(base,),ns)
A=mk('A'); B=mk('B',A); C=mk('C',right=False); D=mk('D',left=False); N=mk('N',ni=True); I=mk('I',inp=True); IN=mk('IN',inp=True,ni=True); AI=mk('AI',int); AS=mk('AS',str); AL=mk('AL',list); AF=mk('AF',float); AT=mk('AT',tuple); NI=mk('NI',int,ni=True)
class P: pass
vals=[A(),B(),C(),D(),N(),P(),AI(3),AS('a'),AL([1]),AF(2.0),AT((1,)),NI(3),5,'s',[1],(1,),2.5,None,{1},{1:2},True,2j,b'b']
fns=[('add',operator.add),('sub',operator.sub),('mul',operator.mul),('matmul',operator.matmul),('div',operator.truediv),('fdiv',operator.floordiv),('mod',operator.mod),('divmod',divmod),('pow',operator.pow),('lsh',operator.lshift),('and',operator.and_),('or',operator.or_)]
for n,f in fns:
    for x in vals:
        for y in vals:
            try: r=f(x,y); r=repr(r)[:40].split(' at 0x')[0]
            except TypeError as e: r=str(e)
            except Exception as e: r=type(e).__name__+str(e)
            print(n, type(x).__name__, type(y).__name__, r)
ifns=[operator.iadd,operator.isub,operator.imul,operator.imatmul,operator.itruediv,operator.ifloordiv,operator.imod,operator.ipow,operator.ilshift,operator.iand,operator.ior,operator.ixor,operator.iconcat]
for f in ifns:
    for x in [A(),I(),IN(),P(),5,'s',[1],(1,),{1},{1:2},bytearray(b'a'),AL([1])]:
        for y in [A(),P(),5,'s',[1],(1,),{1},{1:2},b'a',None]:
            try: r=f(x,y); r=repr(r)[:40].split(' at 0x')[0]
            except TypeError as e: r=str(e)
            except Exception as e: r=type(e).__name__+str(e)
            print(f.__name__, type(x).__name__, type(y).__name__, r)
for x in vals:
    for y in vals:
        for n,f in [('<',operator.lt),('<=',operator.le),('==',operator.eq),('>',operator.gt)]:
            try: r=repr(f(x,y))
            except TypeError as e: r=str(e)
            print(n, type(x).__name__, type(y).__name__, r)
for f in [operator.neg,operator.pos,operator.invert,abs,len,int,float,complex,round,math.trunc,math.floor,math.ceil,hash,bool,iter,next,reversed,operator.index,bin,str,repr,bytes,list,dict,set,chr,ord,sum,min,sorted,operator.length_hint,range,slice,enumerate,zip,memoryview,bytearray,divmod,pow,format,vars,dir,id,callable,type,ascii,hex,oct,all,any,frozenset,tuple]:
    for x in vals:
        if f in (id,dir,hash,iter,reversed,zip,enumerate,str,repr,ascii,format,callable,type,slice,memoryview,vars): 
            try: f(x); r='ok'
            except Exception as e: r=type(e).__name__+' '+str(e)
        else:
            try: r=repr(f(x))[:60].split(' at 0x')[0]
            except Exception as e: r=type(e).__name__+' '+str(e)
        print(getattr(f,'__name__',f), type(x).__name__, r)
