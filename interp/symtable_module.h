// The _symtable module needs the frontend's scopes: it is entered into the runtime's table of modules from here.
#pragma once
namespace krait {
void addSymtableModule();  // before the runtime starts
}  // namespace krait
