"""Planets: the Sun and the four giants under gravity, advanced in small steps. Float attributes in nested loops.

usage: nbody.py [STEPS]
"""

import sys

PI = 3.141592653589793
SOLAR_MASS = 4.0 * PI * PI
YEAR = 365.24


class Body:
    def __init__(self, position, velocity, mass):
        self.x, self.y, self.z = position
        self.vx, self.vy, self.vz = (component * YEAR for component in velocity)
        self.mass = mass * SOLAR_MASS


def solar_system():
    """Positions in astronomical units, velocities in units a day, masses in Suns."""
    return [
        Body((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 1.0),
        # Jupiter, Saturn, Uranus, Neptune
        Body((4.84143144246472090, -1.16032004402742839, -0.103622044471123109),
             (0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023), 0.000954791938424326609),
        Body((8.34336671824457987, 4.12479856412430479, -0.403523417114321381),
             (-0.00276742510726411, 0.00499852801234917238, 0.0000230417297573763929), 0.000285885980666130812),
        Body((12.8943695621391310, -15.1111514016986312, -0.223307578892655734),
             (0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556), 0.0000436624404335156298),
        Body((15.3796971148509165, -25.9193146099879641, 0.179258772950371181),
             (0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870), 0.0000515138902046611451),
    ]


def rest(bodies):
    """Gives the Sun the velocity that keeps the whole system's momentum at zero."""
    px = py = pz = 0.0
    for body in bodies:
        px += body.vx * body.mass
        py += body.vy * body.mass
        pz += body.vz * body.mass
    sun = bodies[0]
    sun.vx, sun.vy, sun.vz = -px / sun.mass, -py / sun.mass, -pz / sun.mass


def energy(bodies):
    total = 0.0
    for i, body in enumerate(bodies):
        total += 0.5 * body.mass * (body.vx * body.vx + body.vy * body.vy + body.vz * body.vz)
        for other in bodies[i + 1:]:
            dx, dy, dz = body.x - other.x, body.y - other.y, body.z - other.z
            total -= body.mass * other.mass / (dx * dx + dy * dy + dz * dz) ** 0.5
    return total


def advance(bodies, pairs, dt, steps):
    for _ in range(steps):
        for one, two in pairs:
            dx = one.x - two.x
            dy = one.y - two.y
            dz = one.z - two.z
            square = dx * dx + dy * dy + dz * dz
            pull = dt / (square * square ** 0.5)
            weight = two.mass * pull
            one.vx -= dx * weight
            one.vy -= dy * weight
            one.vz -= dz * weight
            weight = one.mass * pull
            two.vx += dx * weight
            two.vy += dy * weight
            two.vz += dz * weight
        for body in bodies:
            body.x += dt * body.vx
            body.y += dt * body.vy
            body.z += dt * body.vz


def main():
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 710000
    bodies = solar_system()
    pairs = [(one, two) for i, one in enumerate(bodies) for two in bodies[i + 1:]]
    rest(bodies)
    print(repr(energy(bodies)))
    advance(bodies, pairs, 0.01, steps)
    print(repr(energy(bodies)))


if __name__ == "__main__":
    main()
