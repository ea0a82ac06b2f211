// The _ast module needs the frontend's tables: it is entered into the runtime's table of modules from here.
#pragma once
namespace krait {
void addAstModule();  // before the runtime starts
}  // namespace krait
