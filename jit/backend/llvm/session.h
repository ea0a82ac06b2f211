// Where machine code lives: objects are linked into executable memory by JITLink, and given back one by one.
#pragma once
#include <memory>
#include <string>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

namespace krait::jit {

// Shared by the compiler and by all code that it made: the last owner ends it.
class CodeSession : public std::enable_shared_from_this<CodeSession> {
 public:
  static std::shared_ptr<CodeSession> create(std::string* error);
  ~CodeSession();

  // Links an object file; the address of `symbol` (and of `second`, when it is not empty), and an owner whose end frees
  // the memory. Null with *error set.
  void* link(std::unique_ptr<llvm::MemoryBuffer> object, const std::string& symbol, const std::string& second,
             void** second_address, std::shared_ptr<void>* owner, std::string* error);

 private:
  CodeSession() = default;

  std::unique_ptr<llvm::orc::ExecutionSession> session_;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> linker_;
  llvm::orc::JITDylib* symbols_ = nullptr;
  std::string reported_;
};

}  // namespace krait::jit
