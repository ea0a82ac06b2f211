// /tmp/perf-PID.map, where perf looks up names for code without a file. Written when KRAIT_PERF_MAP is set in the environment.
#pragma once
#include <cstdint>
#include <string>

namespace krait::jit {
void notePerfMap(const void* code, uint64_t size, const std::string& name);
}
