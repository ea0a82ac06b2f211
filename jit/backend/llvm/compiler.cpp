// Compiler: trace -> LLVM IR -> a few cheap passes -> machine code -> executable memory.
//
// Our own optimiser has removed what can be removed, so LLVM is used without its default pipelines (design/evidence: they cost
// more than code generation and gain nothing on traces). Two gears share the passes and differ in code generation: `quick` is the
// unoptimised pipeline with FastISel, but with the greedy register allocator; `best` selects on DAGs.
// Target machines and pass managers are made once: rebuilding them costs more than compiling a small trace.
#include <ctime>
#include <mutex>
#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include "jit/backend/backend.h"
#include "jit/backend/llvm/lowering.h"
#include "jit/backend/llvm/perf_map.h"
#include "jit/backend/llvm/session.h"

namespace krait::jit {
namespace {

// A context keeps every constant and type that it has seen; it is replaced after this many compiles.
constexpr int kCompilesPerContext = 64;

uint64_t threadNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return uint64_t(now.tv_sec) * 1'000'000'000 + uint64_t(now.tv_nsec);
}

// Process-wide: the target, and the options that have no other switch. For `best` they are the defaults, but for the machine
// scheduler, which costs time and gains nothing on traces.
void initialiseLlvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    const char* options[] = {"krait", "-optimize-regalloc=true", "-regalloc=greedy", "-enable-misched=0"};
    llvm::cl::ParseCommandLineOptions(int(std::size(options)), options);
  });
}

// Code generation for one gear.
class Generator {
 public:
  bool prepare(llvm::orc::JITTargetMachineBuilder builder, llvm::CodeGenOptLevel level, std::string* error) {
    builder.setCodeGenOptLevel(level);
    auto machine = builder.createTargetMachine();
    if (!machine) {
      *error = llvm::toString(machine.takeError());
      return false;
    }
    machine_ = std::move(*machine);
    stream_ = std::make_unique<llvm::raw_svector_ostream>(object_);
    if (machine_->addPassesToEmitFile(passes_, *stream_, nullptr, llvm::CodeGenFileType::ObjectFile)) {
      *error = "the target cannot emit objects";
      return false;
    }
    return true;
  }

  llvm::TargetMachine& machine() { return *machine_; }

  std::unique_ptr<llvm::MemoryBuffer> object(llvm::Module& module) {
    object_.clear();
    passes_.run(module);
    llvm::SmallVector<char, 0> bytes(object_.begin(), object_.end());
    return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), module.getModuleIdentifier(), false);
  }

  // Of a copy: code generation changes the module.
  std::string assembly(const llvm::Module& module) {
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
    llvm::SmallVector<char, 0> text;
    llvm::raw_svector_ostream stream(text);
    llvm::legacy::PassManager passes;
    if (machine_->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile)) return "";
    passes.run(*copy);
    return std::string(text.begin(), text.end());
  }

 private:
  std::unique_ptr<llvm::TargetMachine> machine_;
  llvm::SmallVector<char, 0> object_;
  std::unique_ptr<llvm::raw_svector_ostream> stream_;
  llvm::legacy::PassManager passes_;
};

// The passes on IR, with their analyses, reused from trace to trace.
class Simplifier {
 public:
  void prepare(llvm::TargetMachine& machine) {
    builder_ = std::make_unique<llvm::PassBuilder>(&machine);
    builder_->registerModuleAnalyses(modules_);
    builder_->registerCGSCCAnalyses(graphs_);
    builder_->registerFunctionAnalyses(functions_);
    builder_->registerLoopAnalyses(loops_);
    builder_->crossRegisterProxies(loops_, functions_, graphs_, modules_);
    passes_.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes_.addPass(llvm::InstCombinePass(llvm::InstCombineOptions().setMaxIterations(1)));
  }
  void run(llvm::Function& function) {
    passes_.run(function, functions_);
    functions_.clear();
    modules_.clear();
  }

 private:
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager graphs_;
  llvm::ModuleAnalysisManager modules_;
  std::unique_ptr<llvm::PassBuilder> builder_;
  llvm::FunctionPassManager passes_;
};

std::string textOf(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

uint64_t codeSize(const llvm::MemoryBuffer& object) {
  auto file = llvm::object::ObjectFile::createObjectFile(object.getMemBufferRef());
  if (!file) {
    llvm::consumeError(file.takeError());
    return 0;
  }
  uint64_t size = 0;
  for (const llvm::object::SectionRef& section : (*file)->sections())
    if (section.isText()) size += section.getSize();
  return size;
}

class LlvmCompiler final : public Compiler {
 public:
  bool prepare(std::string* error) {
    initialiseLlvm();
    auto builder = llvm::orc::JITTargetMachineBuilder::detectHost();
    if (!builder) {
      *error = llvm::toString(builder.takeError());
      return false;
    }
    builder->setCodeModel(llvm::CodeModel::Small);
    builder->setRelocationModel(llvm::Reloc::PIC_);
    if (!quick_.prepare(*builder, llvm::CodeGenOptLevel::None, error)) return false;
    if (!best_.prepare(*builder, llvm::CodeGenOptLevel::Less, error)) return false;
    simplifier_.prepare(best_.machine());
    session_ = CodeSession::create(error);
    return session_ != nullptr;
  }

  bool compile(const Package& package, Gear gear, NativeCode* out, Listing* listing, std::string* error,
               void (*between_stages)()) override {
    uint64_t start = threadNanoseconds();
    auto pause = [&] {
      if (between_stages) between_stages();
    };
    if (!context_ || ++compiles_in_context_ > kCompilesPerContext) renewContext();
    Generator& generator = gear == Gear::kBest ? best_ : quick_;
    bool wanted = listing && listing->wanted;
    context_->setDiscardValueNames(!wanted);
    const Trace& trace = package.traces[0];
    std::string name = "trace_" + std::to_string(trace.number) + (gear == Gear::kBest ? "_best_" : "_quick_") + std::to_string(++serial_);
    llvm::Module module(name, *context_);
    module.setDataLayout(generator.machine().createDataLayout());
    module.setTargetTriple(generator.machine().getTargetTriple().str());

    Lowering lowering(package, module, name);
    llvm::Function* function = lowering.run();
    std::string direct = package.direct.wanted ? name + "_direct" : "";
    if (package.direct.wanted) lowering.directEntry(direct);
    if (wanted) {
      listing->llvm = textOf(module);
      llvm::raw_string_ostream complaints(*error);
      if (llvm::verifyFunction(*function, &complaints)) return false;
    }
    pause();
    for (llvm::Function& each : module)
      if (!each.isDeclaration()) simplifier_.run(each);
    pause();
    if (wanted) {
      listing->llvm_optimised = textOf(module);
      listing->assembly = generator.assembly(module);
    }
    std::unique_ptr<llvm::MemoryBuffer> object = generator.object(module);
    pause();
    out->size = codeSize(*object);
    void* entry = session_->link(std::move(object), name, direct, &out->direct, &out->owner, error);
    if (!entry) return false;
    out->entry = reinterpret_cast<TraceEntry>(entry);
    out->compile_ns = threadNanoseconds() - start;
    notePerfMap(entry, out->size, name);
    return true;
  }

 private:
  void renewContext() {
    context_ = std::make_unique<llvm::LLVMContext>();
    compiles_in_context_ = 0;
  }

  std::unique_ptr<llvm::LLVMContext> context_;
  Generator quick_, best_;
  Simplifier simplifier_;
  std::shared_ptr<CodeSession> session_;
  int compiles_in_context_ = 0;
  uint64_t serial_ = 0;
};

}  // namespace

std::unique_ptr<Compiler> Compiler::create(std::string* error) {
  auto compiler = std::make_unique<LlvmCompiler>();
  if (!compiler->prepare(error)) return nullptr;
  return compiler;
}

}  // namespace krait::jit
