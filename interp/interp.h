// The interpreter's face to main: installs itself behind the runtime's hooks.
#pragma once

namespace krait {
void installInterpreter();
}
