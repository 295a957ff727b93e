#include "server/symbolication/debug_answer.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "analysis/symbolication/answer.h"
#include "base/json_writer.h"

namespace cairn::symbolication {
namespace {

void WriteDouble(base::JsonWriter& json, std::string_view key, double value) {
  json.Key(key);
  json.Double(value);
}

void WriteEmpty(base::JsonWriter& json, std::string_view key) {
  json.Key(key);
  json.BeginObject();
  json.EndObject();
}

// On how many stacks each question's module is.
std::vector<std::uint32_t> CountStacks(const Request& request, const Plan& plan) {
  std::vector<std::uint32_t> counts(plan.questions.size());
  std::vector<std::size_t> seen_on(plan.questions.size());
  std::size_t stack = 0;
  for (const Job& job : request.jobs) {
    std::size_t frame = 0;
    for (const std::uint32_t end : job.stack_ends) {
      ++stack;
      for (; frame < end; ++frame) {
        const RequestFrame& one = job.frames[frame];
        if (one.module == RequestFrame::kNoModule || one.is_before_module) continue;
        const std::uint32_t question = plan.question_of_module[one.module];
        if (seen_on[question] != stack) ++counts[question];
        seen_on[question] = stack;
      }
    }
  }
  return counts;
}

// One debug answer. Modules are called by their file and id.
class Writer {
 public:
  Writer(const Request& request, const Plan& plan, std::span<const ModuleTiming> timings)
      : request_(request), plan_(plan), timings_(timings) {}

  std::string Write(double seconds) {
    json_.BeginObject();
    WriteDouble(json_, "time", seconds);
    WriteLookups();
    WriteDownloads();
    WriteParsing();
    json_.Key("save_symcache");
    json_.BeginObject();
    WriteDouble(json_, "time", 0);
    WriteEmpty(json_, "time_per_module");
    json_.EndObject();
    WriteModules();
    json_.EndObject();
    return json_.Take();
  }

 private:
  // "key": {module: time} of the questions that `wanted` takes; their sum.
  template <typename Wanted, typename Time>
  double WriteTimes(std::string_view key, const Wanted& wanted, const Time& time) {
    double sum = 0;
    json_.Key(key);
    json_.BeginObject();
    for (std::size_t i = 0; i < timings_.size(); ++i) {
      if (!wanted(timings_[i])) continue;
      sum += time(timings_[i]);
      WriteDouble(json_, NameOf(i), time(timings_[i]));
    }
    json_.EndObject();
    return sum;
  }

  std::string NameOf(std::size_t question) const {
    return ModuleKey(request_.modules[plan_.questions[question].module]);
  }

  void WriteLookups() {
    std::uint64_t hits = 0;
    double seconds = 0;
    for (const ModuleTiming& timing : timings_) {
      hits += timing.was_open ? 1 : 0;
      seconds += timing.find_seconds;
    }
    json_.Key("cache_lookups");
    json_.BeginObject();
    json_.Key("count");
    json_.Number(timings_.size());
    json_.Key("hits");
    json_.Number(hits);
    WriteDouble(json_, "time", seconds);
    json_.EndObject();
  }

  void WriteDownloads() {
    json_.Key("downloads");
    json_.BeginObject();
    const auto was_downloaded = [](const ModuleTiming& timing) { return timing.downloaded_bytes > 0; };
    const auto find_time = [](const ModuleTiming& timing) { return timing.find_seconds; };
    std::uint64_t bytes = 0;
    for (const ModuleTiming& timing : timings_) bytes += timing.downloaded_bytes;
    json_.NumberField("count", std::ranges::count_if(timings_, was_downloaded));
    json_.NumberField("size", bytes);
    json_.Key("size_per_module");
    json_.BeginObject();
    for (std::size_t i = 0; i < timings_.size(); ++i) {
      if (was_downloaded(timings_[i])) json_.NumberField(NameOf(i), timings_[i].downloaded_bytes);
    }
    json_.EndObject();
    const double downloaded = WriteTimes("time_per_module", was_downloaded, find_time);
    const double failed = WriteTimes(
        "fail_time_per_module", [](const ModuleTiming& timing) { return !timing.is_found; }, find_time);
    WriteDouble(json_, "time", downloaded + failed);
    json_.EndObject();
  }

  void WriteParsing() {
    json_.Key("parse_sym");
    json_.BeginObject();
    const double opened = WriteTimes(
        "time_per_module", [](const ModuleTiming& timing) { return timing.is_found && !timing.was_open; },
        [](const ModuleTiming& timing) { return timing.open_seconds; });
    WriteEmpty(json_, "fail_time_per_module");
    WriteDouble(json_, "time", opened);
    json_.EndObject();
  }

  void WriteModules() {
    const std::vector<std::uint32_t> stacks = CountStacks(request_, plan_);
    json_.Key("modules");
    json_.BeginObject();
    json_.Key("count");
    json_.Number(plan_.questions.size());
    json_.Key("stacks_per_module");
    json_.BeginObject();
    for (std::size_t i = 0; i < stacks.size(); ++i) {
      json_.NumberField(NameOf(i), stacks[i]);
    }
    json_.EndObject();
    json_.EndObject();
  }

  const Request& request_;
  const Plan& plan_;
  const std::span<const ModuleTiming> timings_;
  base::JsonWriter json_;
};

}  // namespace

std::string WriteDebug(const Request& request, const Plan& plan, std::span<const ModuleTiming> timings,
                       double seconds) {
  return Writer(request, plan, timings).Write(seconds);
}

}  // namespace cairn::symbolication
