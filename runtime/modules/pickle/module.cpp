// The _pickle module.
#include "runtime/modules/pickle/pickle.h"

namespace krait {
namespace pickle {

Type *pickle_error = nullptr, *pickling_error = nullptr, *unpickling_error = nullptr;

namespace {

const MethodDef kFunctions[] = {
    method("dump", dumpFunction,
           "($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)",
           "Write a pickled representation of obj to the open file object file."),
    method("dumps", dumpsFunction, "($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)",
           "Return the pickled representation of the object as a bytes object."),
    method("load", loadFunction,
           "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())",
           "Read and return an object from the pickle data stored in a file."),
    method("loads", loadsFunction,
           "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())",
           "Read and return an object from the given pickle data."),
    {},
};

bool init(Thread& t, ModuleObject* m) {
  if (!loadLibrary(t)) return false;
  pickle_error = addException(t, m, "_pickle.PickleError", Value(&exc::Exception));
  pickling_error = pickle_error ? addException(t, m, "_pickle.PicklingError", Value(pickle_error)) : nullptr;
  unpickling_error = pickling_error ? addException(t, m, "_pickle.UnpicklingError", Value(pickle_error)) : nullptr;
  return unpickling_error && addPickler(t, m) && addUnpickler(t, m) && addPickleBuffer(t, m);
}

}  // namespace
}  // namespace pickle

const ModuleDef& pickleModule() {
  static const ModuleDef def{"_pickle", "Optimized C implementation for the Python pickle module.", pickle::kFunctions,
                             pickle::init};
  return def;
}

}  // namespace krait
