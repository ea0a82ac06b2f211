"""select, poll and epoll: timeouts, event masks and objects of every kind, wrong ones included."""
import select
p=select.poll()
e=select.epoll()
import os
r,w=os.pipe(); os.write(w,b'a'); p.register(r); e.register(r)
def tell(f,*a):
    try: return f(*a)
    except BaseException as x: return f"{type(x).__name__}: {x}"
N=float('nan')
for v in (1<<64, 1<<31,(1<<31)-1,1<<40,1<<62,-(1<<40),-(1<<70),N,float('inf'),1e30,'a',None,-1,1.5,[],True, 2e9*1000):
    print(v, tell(p.poll,v)==[(r,1)] or tell(p.poll,v), tell(e.poll,v)==[(r,1)] or tell(e.poll,v), tell(select.select,[r],[],[],v)==([r],[],[]) or tell(select.select,[r],[],[],v))
for v in (0,-5,'a',2**40,2**70): print(tell(e.poll,0,v)==[(r,1)] or tell(e.poll,0,v))
for v in (-1,2**16,2**40,2**70,'a',1.5,None,0): print(v,tell(p.register,r,v), tell(p.modify,r,v), tell(e.modify,r,v))
print(tell(p.modify,99,1), tell(p.unregister,99), tell(e.modify,99,1),tell(e.register,r,1),tell(p.register,'a'),tell(p.register,-1))
print(tell(select.epoll,-2),tell(select.epoll,0),tell(select.epoll,1,5), tell(select.epoll.fromfd,'a'), tell(select.epoll.fromfd,999).fileno())
print(tell(select.select,[],[],5), tell(select.select,[99999],[],[]), tell(select.select,['a'],[],[]), tell(select.select,[999],[],[],0), tell(select.select,[],[],[]) if 0 else 0)
e.close(); print(e.closed, tell(e.fileno), tell(e.poll), tell(e.register,r), tell(e.__enter__), e.close(), tell(e.__exit__))
class F:
    def __init__(s,v): s.v=v
    def fileno(s): return s.v
print(tell(select.select,[F(r)],[F(w)],[],0)!=None, tell(p.register,F('a')), tell(p.register, F(-1)))
print(tell(type(p)), [m for m in dir(p) if m[0]!='_'])
