// krait bench: the numbers that its tables are made of, and the running of a child.
#include <catch2/catch.hpp>

#include "interp/bench/process.h"
#include "interp/bench/report.h"
#include "interp/bench/statistics.h"

using namespace krait::bench;

TEST_CASE("spread: median and quartiles by interpolation") {
  Spread one = spreadOf({5});
  CHECK(one.median == 5);
  CHECK(one.low == 5);
  CHECK(one.high == 5);
  Spread spread = spreadOf({4, 1, 3, 2});
  CHECK(spread.median == Approx(2.5));
  CHECK(spread.low == Approx(1.75));
  CHECK(spread.high == Approx(3.25));
}

TEST_CASE("steady state: the median of what began in the last third of the time") {
  // 3 seconds of warm-up, then ten iterations of 0.3: the last third of 6 seconds are the iterations from 4.0 on.
  std::vector<double> times = {2, 1, 0.3, 0.3, 0.3, 0.3, 0.5, 0.3, 0.1, 0.3, 0.3, 0.3};
  CHECK(steadyState(times) == Approx(0.3));
  CHECK(steadyState({7}) == 7);
  // One long iteration covers the last third: it counts itself.
  CHECK(steadyState({1, 1, 10}) == 10);
}

TEST_CASE("ratios are taken round by round") {
  CHECK(ratios({4, 9}, {2, 3}) == std::vector<double>{2, 3});
  CHECK(ratios({4, 9, 5}, {2}) == std::vector<double>{2});
}

TEST_CASE("a child's output, status, time and memory") {
  Run run = runProcess({{"/bin/sh", "-c", "echo out; echo err >&2; echo $NAME; exit 3"}, {{"NAME", "value"}}}, 10);
  CHECK(run.succeeded());
  CHECK(run.status == 3);
  CHECK(run.stdout_text == "out\nvalue\n");
  CHECK(run.stderr_text == "err\n");
  CHECK(run.wall_seconds > 0);
  CHECK(run.peak_kib > 0);
}

TEST_CASE("a child that is killed, too slow, or not there") {
  CHECK(runProcess({{"/bin/sh", "-c", "kill -9 $$"}, {}}, 10).status == -9);
  Run slow = runProcess({{"/bin/sleep", "60"}, {}}, 0.1);
  CHECK(slow.timed_out);
  CHECK_FALSE(slow.succeeded());
  CHECK(slow.wall_seconds < 10);
  CHECK(runProcess({{"/no/such/program"}, {}}, 10).start_error == "No such file or directory");
}

TEST_CASE("programs are found as the shell finds them") {
  CHECK(resolveProgram("/bin/sh") == "/bin/sh");
  CHECK(resolveProgram("/no/such/program").empty());
  CHECK(resolveProgram("no-such-program-anywhere").empty());
  CHECK(resolveProgram("sh").find("/sh") != std::string::npos);
}

TEST_CASE("JSON quotes what it must") {
  Report report;
  report.script = "a\"b\\c\n";
  report.rounds = 1;
  report.with_steady = false;
  report.contenders.push_back({"krait", "/bin/krait", {1.0}, {0.5}, {}, {1024.0}, {}});
  std::string json = asJson(report);
  CHECK(json.find("\"a\\\"b\\\\c\\u000a\"") != std::string::npos);
  CHECK(asTable(report).find("1.0 MiB") != std::string::npos);
}
