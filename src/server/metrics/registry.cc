#include "server/metrics/registry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace cairn::metrics {
namespace {

// The shortest text that reads back as the same number.
std::string TextOf(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

// A value of a label between its quotes, or the text of a help.
std::string Escape(std::string_view text, bool quoted) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else if (c == '"' && quoted) {
      escaped += "\\\"";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void WriteLine(std::string_view name, const Labels& labels, std::string_view value, std::string& text) {
  text += name;
  char before = '{';
  for (const auto& [label, content] : labels) {
    text += before;
    text += label + "=\"" + Escape(content, true) + "\"";
    before = ',';
  }
  if (!labels.empty()) text += '}';
  text += ' ';
  text += value;
  text += '\n';
}

void WriteHistogram(const std::string& name, const Labels& labels, const DurationHistogram& histogram,
                    std::string& text) {
  const DurationHistogram::Snapshot snapshot = histogram.Read();
  Labels of_bucket = labels;
  of_bucket.emplace_back("le", "");
  for (std::size_t i = 0; i < snapshot.buckets; ++i) {
    of_bucket.back().second = TextOf(snapshot.bounds_s[i]);
    WriteLine(name + "_bucket", of_bucket, std::to_string(snapshot.counts_within[i]), text);
  }
  of_bucket.back().second = "+Inf";
  WriteLine(name + "_bucket", of_bucket, std::to_string(snapshot.count), text);
  WriteLine(name + "_sum", labels, TextOf(snapshot.sum_s), text);
  WriteLine(name + "_count", labels, std::to_string(snapshot.count), text);
}

}  // namespace

void Registry::Add(const Name& name, std::string_view type, Member member) {
  const std::lock_guard lock(mutex_);
  const auto same = [&name](const Family& family) { return family.name.name == name.name; };
  auto found = std::ranges::find_if(families_, same);
  if (found == families_.end()) found = families_.insert(families_.end(), {name, type, {}});
  found->members.push_back(std::move(member));
}

void Registry::AddCounter(const Name& name, Labels labels, const Counter& counter) {
  Add(name, "counter", {std::move(labels), &counter});
}

void Registry::AddHistogram(const Name& name, Labels labels, const DurationHistogram& histogram) {
  Add(name, "histogram", {std::move(labels), &histogram});
}

void Registry::AddGauges(const Name& name, Read read) { Add(name, "gauge", {{}, std::move(read)}); }

void Registry::AddGauge(const Name& name, std::function<double()> read) {
  AddGauges(name, [read = std::move(read)] { return std::vector<Sample>{{{}, read()}}; });
}

void Registry::AddCounters(const Name& name, Read read) { Add(name, "counter", {{}, std::move(read)}); }

void Registry::WriteFamily(const Family& family, std::string& text) {
  const std::string& name = family.name.name;
  std::string lines;
  for (const Member& member : family.members) {
    if (const auto* const counter = std::get_if<const Counter*>(&member.source)) {
      WriteLine(name, member.labels, std::to_string((*counter)->value()), lines);
    } else if (const auto* const histogram = std::get_if<const DurationHistogram*>(&member.source)) {
      WriteHistogram(name, member.labels, **histogram, lines);
    } else {
      for (const Sample& sample : std::get<Read>(member.source)()) {
        WriteLine(name, sample.labels, TextOf(sample.value), lines);
      }
    }
  }
  if (lines.empty()) return;
  text += "# HELP " + name + " " + Escape(family.name.help, false) + "\n";
  text += "# TYPE " + name + " " + std::string(family.type) + "\n" + lines;
}

std::string Registry::Write() const {
  std::string text;
  const std::lock_guard lock(mutex_);
  for (const Family& family : families_) WriteFamily(family, text);
  return text;
}

}  // namespace cairn::metrics
