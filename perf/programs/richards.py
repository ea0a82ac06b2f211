"""A small operating system's scheduler: tasks of four kinds pass packets to each other through queues.

Written in the manner of Martin Richards' system simulation, with a design of its own: polymorphic calls, attributes,
linked queues, and state that changes with every step.

usage: richards.py [ROUNDS]
"""

import sys

WORK_ITEMS = 4
PACKET_DATA = 4


class Packet:
    """A message to a task; `next` links it into the one queue it waits in."""

    def __init__(self, kind, owner):
        self.kind = kind
        self.owner = owner
        self.next = None
        self.position = 0
        self.data = [0] * PACKET_DATA


class Queue:
    def __init__(self):
        self.first = None
        self.last = None

    def put(self, packet):
        packet.next = None
        if self.first is None:
            self.first = packet
        else:
            self.last.next = packet
        self.last = packet

    def take(self):
        packet = self.first
        if packet is not None:
            self.first = packet.next
            packet.next = None
        return packet

    def is_empty(self):
        return self.first is None


class Task:
    """Runs when it has a packet, or when nobody holds it and it needs none."""

    def __init__(self, scheduler, name, priority):
        self.scheduler = scheduler
        self.name = name
        self.priority = priority
        self.inbox = Queue()
        self.held = False
        self.waiting = True
        self.runs = 0
        scheduler.add(self)

    def can_run(self):
        return not self.held and (not self.waiting or not self.inbox.is_empty())

    def receive(self, packet):
        self.inbox.put(packet)

    def run(self):
        self.runs += 1
        self.step(self.inbox.take())

    def step(self, packet):
        raise NotImplementedError


class Idler(Task):
    """Wakes one of the two devices, chosen by a shift register, until its budget is used up."""

    def __init__(self, scheduler, name, priority, budget, devices):
        super().__init__(scheduler, name, priority)
        self.waiting = False
        self.budget = budget
        self.devices = devices
        self.register = 1

    def step(self, packet):
        self.budget -= 1
        if self.budget <= 0:
            self.held = True
            return
        low = self.register & 1
        self.register >>= 1
        if low:
            self.register ^= 0xD008
        self.scheduler.release(self.devices[low])


class Worker(Task):
    """Fills each packet with letters and sends it to the two handlers in turn."""

    def __init__(self, scheduler, name, priority, handlers):
        super().__init__(scheduler, name, priority)
        self.handlers = handlers
        self.turn = 0
        self.letter = 0

    def step(self, packet):
        if packet is None:
            self.waiting = True
            return
        self.turn = 1 - self.turn
        packet.position = 0
        for index in range(PACKET_DATA):
            self.letter = self.letter % 26 + 1
            packet.data[index] = self.letter
        self.scheduler.send(self.handlers[self.turn], packet)


class Handler(Task):
    """Hands each letter of a work packet to its device with a device packet of its own."""

    def __init__(self, scheduler, name, priority, device):
        super().__init__(scheduler, name, priority)
        self.device = device
        self.work = Queue()
        self.free = Queue()
        self.sum = 0

    def step(self, packet):
        if packet is not None:
            if packet.kind == "work":
                self.work.put(packet)
            else:
                self.free.put(packet)
        work = self.work.first
        if work is not None:
            if work.position >= PACKET_DATA:
                self.work.take()
                self.waiting = self.inbox.is_empty()
                self.scheduler.send(work.owner, work)
                return
            if not self.free.is_empty():
                item = self.free.take()
                self.sum = (self.sum * 33 + work.data[work.position]) % 65521
                item.data[0] = work.data[work.position]
                work.position += 1
                self.waiting = False
                self.scheduler.send(self.device, item)
                return
        self.waiting = True


class Device(Task):
    """Keeps a packet until the idler releases it, then gives it back to the handler."""

    def __init__(self, scheduler, name, priority):
        super().__init__(scheduler, name, priority)
        self.pending = None
        self.handled = 0

    def can_run(self):
        if self.pending is not None:
            return not self.held
        return super().can_run()

    def step(self, packet):
        if packet is not None:
            if self.pending is not None:
                self.finish()
            self.pending = packet
            self.held = True
        elif self.pending is not None:
            self.finish()
        else:
            self.waiting = True

    def finish(self):
        item, self.pending = self.pending, None
        self.handled += item.data[0]
        self.scheduler.send(item.owner, item)


class Scheduler:
    def __init__(self):
        self.tasks = []
        self.by_name = {}
        self.steps = 0
        self.sent = 0

    def add(self, task):
        self.tasks.append(task)
        self.by_name[task.name] = task
        self.tasks.sort(key=lambda each: -each.priority)

    def send(self, task, packet):
        self.sent += 1
        task.receive(packet)

    def release(self, task):
        task.held = False

    def pick(self):
        for task in self.tasks:
            if task.can_run():
                return task
        return None

    def run(self):
        task = self.pick()
        while task is not None:
            self.steps += 1
            task.run()
            task = self.pick()


def simulate(budget):
    scheduler = Scheduler()
    devices = [Device(scheduler, "disk", 40), Device(scheduler, "line", 50)]
    handlers = [Handler(scheduler, f"handler of the {device.name}", 20 + index, device)
                for index, device in enumerate(devices)]
    worker = Worker(scheduler, "worker", 10, handlers)
    Idler(scheduler, "idler", 0, budget, devices)
    for handler in handlers:
        for _ in range(3):
            handler.receive(Packet("device", handler))
    for _ in range(WORK_ITEMS):
        worker.receive(Packet("work", worker))
    scheduler.run()
    return scheduler


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 64
    checksum = 0
    for _ in range(rounds):
        scheduler = simulate(10000)
        for task in scheduler.tasks:
            checksum = (checksum * 31 + task.runs) % 1000003
            if isinstance(task, Handler):
                checksum = (checksum * 31 + task.sum) % 1000003
            elif isinstance(task, Device):
                checksum = (checksum * 31 + task.handled) % 1000003
    print(scheduler.steps, scheduler.sent, checksum)


if __name__ == "__main__":
    main()
