// The compiler thread: results come back, forks in the middle of compiles work in parent and child, stop drops what waits.
#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include "jit/backend/compile_queue.h"
#include "jit/ir/text.h"
#include "runtime/core/frame.h"

using namespace krait;
using namespace krait::jit;

namespace {

std::atomic<int> finished_count{0};

// A counting loop with a body of `length` additions.
std::unique_ptr<CompileJob> job(int length, uint32_t number) {
  std::string text = "trace " + std::to_string(number) + " loop - unit 0\nsnap s0 { entry - unit 0 depth 0 { s0=%sum } }\n"
                     "%a = slot 0 : value\n%n = unbox_int %a : i64 -> s1\nloop\n%i = phi %n, %j : i64\n%sum = phi 0, %last : i64\n"
                     "%j = sub %i, 1 : i64\n%more = ge %j, 0 : bool\nguard_true %more -> s0\n%x0 = add_ovf %sum, %j : i64 -> s0\n";
  text.insert(text.find("%a ="), "snap s1 { entry - unit 0 depth 0 { } }\n");
  std::string last = "%x0";
  for (int k = 1; k <= length; ++k) {
    text += "%x" + std::to_string(k) + " = add_ovf " + last + ", 1 : i64 -> s0\n";
    last = "%x" + std::to_string(k);
  }
  text += "%last = add_ovf " + last + ", 0 : i64 -> s0\njump\n";
  ParsedTrace parsed;
  std::string error;
  REQUIRE(parseTrace(text, &parsed, &error));
  auto out = std::make_unique<CompileJob>();
  out->package.traces.push_back(std::move(parsed.trace));
  return out;
}

uint64_t run(const CompileJob& job, int64_t n) {
  static Thread thread;
  std::vector<uint64_t> words(sizeof(Frame) / 8 + 1);
  auto* frame = reinterpret_cast<Frame*>(words.data());
  frame->slots[0] = Value::fromInt(n);
  auto full = std::make_unique<FullActivation>();
  Activation* activation = &full->activation;
  CHECK(job.code.entry(&thread, frame, activation) == 0);
  return activation->buffer[0];
}

std::vector<std::unique_ptr<CompileJob>> collect(CompileQueue& queue, size_t count) {
  std::vector<std::unique_ptr<CompileJob>> all;
  for (int tries = 0; tries < 3000 && all.size() < count; ++tries) {
    for (auto& each : queue.takeFinished()) all.push_back(std::move(each));
    usleep(10'000);
  }
  return all;
}

}  // namespace

TEST_CASE("packages come back compiled, and the program is told") {
  finished_count = 0;
  CompileQueue queue([](void*) { ++finished_count; }, nullptr);
  for (uint32_t i = 0; i < 3; ++i) queue.add(job(int(i) * 10, i));
  auto done = collect(queue, 3);
  REQUIRE(done.size() == 3);
  for (auto& each : done) {
    REQUIRE(each->compiled);
    CHECK(each->error == "");
    CHECK(run(*each, 10) == 45 + 10 * each->package.traces[0].number * 10);
  }
  usleep(20'000);
  CHECK(finished_count == 3);
  CHECK(queue.pending() == 0);
}

TEST_CASE("stale packages come back uncompiled") {
  CompileQueue queue([](void*) {}, nullptr);
  auto stale = job(1, 1);
  stale->stale = true;
  queue.add(std::move(stale));
  auto done = collect(queue, 1);
  REQUIRE(done.size() == 1);
  CHECK(!done[0]->compiled);
}

TEST_CASE("compiling in the calling thread") {
  CompileQueue queue([](void*) {}, nullptr);
  auto here = job(5, 7);
  here->gear = Gear::kBest;
  queue.compileNow(here.get());
  REQUIRE(here->compiled);
  CHECK(run(*here, 4) == 6 + 4 * 5);
}

TEST_CASE("fork while the thread compiles: parent and child both go on") {
  CompileQueue queue([](void*) {}, nullptr);
  queue.add(job(3, 1));
  auto early = collect(queue, 1);
  REQUIRE(early.size() == 1);
  for (int round = 0; round < 5; ++round) {
    for (uint32_t i = 0; i < 4; ++i) queue.add(job(200, i));
    usleep(useconds_t(round) * 3000);
    pid_t child = fork();
    if (child == 0) {
      // Old code runs, what waited is compiled by a thread of the child's own, new packages too.
      bool good = run(*early[0], 10) == 45 + 30;
      queue.takeFinished();
      queue.add(job(7, 9));
      size_t waiting = queue.pending();
      auto done = collect(queue, waiting);
      good = good && !done.empty() && done.back()->compiled && run(*done.back(), 3) == 3 + 21;
      _exit(good ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    auto done = collect(queue, 4);
    REQUIRE(done.size() == 4);
    for (auto& each : done) CHECK(each->compiled);
  }
}

TEST_CASE("stop drops what waits and can be followed by new work") {
  CompileQueue queue([](void*) {}, nullptr);
  for (uint32_t i = 0; i < 6; ++i) queue.add(job(100, i));
  queue.stop();
  CHECK(queue.pending() == 0);
  queue.takeFinished();
  queue.add(job(2, 1));
  CHECK(collect(queue, 1).size() == 1);
}
