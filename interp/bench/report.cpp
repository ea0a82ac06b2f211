// Printing a comparison. A ratio says how many times the row's time the subject's is: above 1, krait with its JIT is faster.
#include "interp/bench/report.h"

#include <stdio.h>

#include "interp/bench/statistics.h"

namespace krait::bench {

namespace {

std::string format(const char* pattern, double value) {
  char buffer[64];
  snprintf(buffer, sizeof buffer, pattern, value);
  return buffer;
}

std::string duration(double seconds) {
  if (seconds >= 1) return format("%.2f s", seconds);
  if (seconds >= 1e-3) return format("%.1f ms", seconds * 1e3);
  return format("%.1f us", seconds * 1e6);
}

std::string times(const Spread& spread) {
  const char* pattern = spread.median >= 10 ? "%.1f" : "%.2f";
  return format(pattern, spread.median) + " [" + format(pattern, spread.low) + ", " + format(pattern, spread.high) + "]";
}

// Columns padded to their widest cell: the first to the left, the others to the right.
std::string layOut(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); i++) widths[i] = row[i].size() > widths[i] ? row[i].size() : widths[i];
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); i++) {
      std::string padding(widths[i] - row[i].size(), ' ');
      line += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char buffer[8];
      snprintf(buffer, sizeof buffer, "\\u%04x", c);
      result += buffer;
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string list(const std::vector<double>& values) {
  std::string text = "[";
  for (double each : values) text += (text.size() > 1 ? ", " : "") + format("%.9g", each);
  return text + "]";
}

std::string object(const Spread& spread) {
  return "{\"median\": " + format("%.9g", spread.median) + ", \"low\": " + format("%.9g", spread.low) +
         ", \"high\": " + format("%.9g", spread.high) + "}";
}

std::string versus(const Contender& contender, const Contender& subject, bool with_steady) {
  std::string text = "{\"whole\": " + object(spreadOf(ratios(contender.wall, subject.wall)));
  text += ", \"cpu\": " + object(spreadOf(ratios(contender.cpu, subject.cpu)));
  if (with_steady) text += ", \"steady\": " + object(spreadOf(ratios(contender.steady, subject.steady)));
  return text + "}";
}

}  // namespace

std::string asTable(const Report& report) {
  std::string text = report.script;
  for (const std::string& argument : report.arguments) text += " " + argument;
  text += format("\n%.0f rounds, interleaved, fresh processes; medians", report.rounds);
  if (report.with_steady) text += format("; steady: the last third of %.3g s of repetition in one process", report.budget_seconds);
  text += "; ratios with their quartiles\n\n";

  const Contender& subject = report.contenders[report.subject];
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"", "whole", "cpu", "memory", "times the subject"});
  if (report.with_steady) rows[0].insert(rows[0].end(), {"steady", "times the subject"});
  for (const Contender& contender : report.contenders) {
    bool is_subject = &contender == &subject;
    std::vector<std::string> row = {contender.name, duration(spreadOf(contender.wall).median),
                                    duration(spreadOf(contender.cpu).median),
                                    format("%.1f MiB", spreadOf(contender.peak_kib).median / 1024),
                                    is_subject ? "1" : times(spreadOf(ratios(contender.wall, subject.wall)))};
    if (report.with_steady) {
      row.push_back(duration(spreadOf(contender.steady).median));
      row.push_back(is_subject ? "1" : times(spreadOf(ratios(contender.steady, subject.steady))));
    }
    rows.push_back(row);
  }
  text += layOut(rows) + "\nThe subject is " + subject.name + ".\n";
  for (const Contender& contender : report.contenders) {
    if (contender.name != contender.program) text += contender.name + " is " + contender.program + "\n";
  }
  return text;
}

std::string asJson(const Report& report) {
  std::string text = "{\"script\": " + quoted(report.script) + ", \"arguments\": [";
  for (size_t i = 0; i < report.arguments.size(); i++) text += (i ? ", " : "") + quoted(report.arguments[i]);
  text += format("], \"rounds\": %.0f", report.rounds) + format(", \"budget\": %.9g", report.budget_seconds);
  const Contender& subject = report.contenders[report.subject];
  text += ", \"subject\": " + quoted(subject.name) + ", \"contenders\": [";
  for (const Contender& contender : report.contenders) {
    text += &contender == &report.contenders[0] ? "\n" : ",\n";
    text += "  {\"name\": " + quoted(contender.name) + ", \"program\": " + quoted(contender.program);
    text += ",\n   \"wall\": " + list(contender.wall) + ", \"cpu\": " + list(contender.cpu);
    text += ", \"peak_kib\": " + list(contender.peak_kib);
    if (report.with_steady) {
      text += ",\n   \"steady\": " + list(contender.steady) + ", \"warm_up\": " + list(contender.warm_up);
    }
    text += ",\n   \"ratio\": " + versus(contender, subject, report.with_steady) + "}";
  }
  return text + "\n]}\n";
}

}  // namespace krait::bench
