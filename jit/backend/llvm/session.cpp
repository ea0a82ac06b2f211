// Linking with ORC's ObjectLinkingLayer, without LLJIT: no IR layer, no platform, nothing that a trace does not need.
//
// Traces name what they call by address, so the few symbols here are those that code generation itself may call.
#include "jit/backend/llvm/session.h"
#include <cstring>
#include <llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include "jit/backend/support.h"

namespace krait::jit {
namespace {

namespace orc = llvm::orc;

std::string textOf(llvm::Error error) { return llvm::toString(std::move(error)); }

template <class F>
orc::ExecutorSymbolDef symbolOf(F* function) {
  return {orc::ExecutorAddr::fromPtr(function), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
}

}  // namespace

std::shared_ptr<CodeSession> CodeSession::create(std::string* error) {
  auto control = orc::SelfExecutorProcessControl::Create();
  if (!control) {
    *error = textOf(control.takeError());
    return nullptr;
  }
  std::shared_ptr<CodeSession> self(new CodeSession);
  self->session_ = std::make_unique<orc::ExecutionSession>(std::move(*control));
  self->session_->setErrorReporter([state = self.get()](llvm::Error e) { state->reported_ += textOf(std::move(e)) + "; "; });
  auto memory = llvm::jitlink::InProcessMemoryManager::Create();
  if (!memory) {
    *error = textOf(memory.takeError());
    return nullptr;
  }
  self->linker_ = std::make_unique<orc::ObjectLinkingLayer>(*self->session_, std::move(*memory));
  self->symbols_ = &self->session_->createBareJITDylib("traces");
  orc::SymbolMap runtime;
  runtime[self->session_->intern("memcpy")] = symbolOf(static_cast<void* (*)(void*, const void*, size_t)>(&memcpy));
  runtime[self->session_->intern("memmove")] = symbolOf(static_cast<void* (*)(void*, const void*, size_t)>(&memmove));
  runtime[self->session_->intern("memset")] = symbolOf(static_cast<void* (*)(void*, int, size_t)>(&memset));
  if (llvm::Error failed = self->symbols_->define(orc::absoluteSymbols(std::move(runtime)))) {
    *error = textOf(std::move(failed));
    return nullptr;
  }
  return self;
}

CodeSession::~CodeSession() {
  if (!session_) return;
  linker_.reset(nullptr);
  if (llvm::Error failed = session_->endSession()) llvm::consumeError(std::move(failed));
}

void* CodeSession::link(std::unique_ptr<llvm::MemoryBuffer> object, const std::string& symbol,
                        const std::string& second, void** second_address, std::shared_ptr<void>* owner,
                        std::string* error) {
  reported_.clear();
  orc::ResourceTrackerSP tracker = symbols_->createResourceTracker();
  if (llvm::Error failed = linker_->add(tracker, std::move(object))) {
    *error = textOf(std::move(failed));
    return nullptr;
  }
  auto found = session_->lookup({symbols_}, session_->intern(symbol));
  if (!found) {
    *error = reported_ + textOf(found.takeError());
    return nullptr;
  }
  void* address = found->getAddress().toPtr<void*>();
  *second_address = nullptr;
  if (!second.empty()) {
    auto other = session_->lookup({symbols_}, session_->intern(second));
    if (!other) {
      *error = reported_ + textOf(other.takeError());
      return nullptr;
    }
    *second_address = other->getAddress().toPtr<void*>();
  }
  struct Owner {
    std::shared_ptr<CodeSession> session;
    orc::ResourceTrackerSP tracker;
    Owner(std::shared_ptr<CodeSession> s, orc::ResourceTrackerSP t) : session(std::move(s)), tracker(std::move(t)) {}
    Owner(const Owner&) = delete;
    ~Owner() {
      if (llvm::Error failed = tracker->remove()) llvm::consumeError(std::move(failed));
    }
  };
  *owner = std::make_shared<Owner>(shared_from_this(), std::move(tracker));
  return address;
}

}  // namespace krait::jit
