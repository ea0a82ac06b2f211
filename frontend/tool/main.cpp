// krait_compile: looks at the frontend from outside, so that scripts can compare it with CPython.
#include <cstdio>

#include "frontend/ast/ast.h"
#include "frontend/compile.h"

int main() {
  std::puts("usage: krait_compile MODE FILE...");
  return 2;
}
