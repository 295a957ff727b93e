// Registry knows the server's metrics by name and writes them in Prometheus' text format, version 0.0.4.
//
// https://prometheus.io/docs/instrumenting/exposition_formats/
// Counters and histograms are borrowed and read when the text is written; gauges are asked for then. A lock
// guards names alone, so whoever counts never waits.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/metrics/metrics.h"

namespace cairn::metrics {

inline constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

// Name and value of each, such as {"lane", "report"}.
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
  Labels labels;
  double value = 0;
};

// One name: [a-zA-Z_:][a-zA-Z0-9_:]*, with the unit at its end, and "_total" for counters. `help` is a
// sentence.
struct Name {
  std::string name;
  std::string help;
};

class Registry {
 public:
  // Calls with one name belong to one family, whose help is that of the first; they must be of one kind.
  // What is borrowed must outlive the registry.
  void AddCounter(const Name& name, Labels labels, const Counter& counter);
  void AddHistogram(const Name& name, Labels labels, const DurationHistogram& histogram);

  // Asked when the text is written: what is known now. None: unknown now, and the name is left out.
  using Read = std::function<std::vector<Sample>()>;
  void AddGauges(const Name& name, Read read);
  void AddGauge(const Name& name, std::function<double()> read);
  // As a gauge, of something that only rises and is counted elsewhere.
  void AddCounters(const Name& name, Read read);

  // The whole text, families in the order in which they were added. From any thread; reads may block.
  std::string Write() const;

 private:
  struct Member {
    Labels labels;
    std::variant<const Counter*, const DurationHistogram*, Read> source;
  };
  struct Family {
    Name name;
    std::string_view type;
    std::vector<Member> members;
  };

  void Add(const Name& name, std::string_view type, Member member);
  static void WriteFamily(const Family& family, std::string& text);

  mutable std::mutex mutex_;
  std::vector<Family> families_;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::metrics
