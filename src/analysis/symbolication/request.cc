#include "analysis/symbolication/request.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "base/parse_json.h"

namespace cairn::symbolication {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

// What file systems hold; a longer name is no file's.
constexpr std::size_t kMaxNameBytes = 255;

bool IsHexDigits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

// Control bytes and slashes are in no file's name.
bool IsFileName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." &&
         std::ranges::all_of(name, [](char c) {
           return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != '/' && c != '\\';
         });
}

std::string LimitTitle(std::string_view what, std::size_t most) {
  return "please limit number of " + std::string(what) + " in a single request to <= " + std::to_string(most);
}

// Reads one request. The functions give nothing where all is well.
class Reader {
 public:
  std::optional<Refusal> ReadJobs(const element& document, ApiVersion version) {
    element jobs;
    object root;
    const bool has_jobs =
        version == ApiVersion::kV5 && document.get(root) == SUCCESS && root["jobs"].get(jobs) == SUCCESS;
    if (!has_jobs) return ReadJob(document, 0);
    array list;
    if (jobs.get(list) != SUCCESS) return Refusal{"invalid_jobs", "job 0 is invalid"};
    if (list.size() > kMaxJobs) return Refusal{"too_many_jobs", LimitTitle("jobs", kMaxJobs)};
    std::size_t number = 0;
    for (const element job : list) {
      if (auto refusal = ReadJob(job, number++)) return refusal;
    }
    return std::nullopt;
  }

  Request Take() { return std::move(request_); }

 private:
  std::optional<Refusal> ReadJob(const element& value, std::size_t number) {
    const std::string job_name = "job " + std::to_string(number);
    object members;
    element stacks;
    element memory_map;
    if (value.get(members) != SUCCESS) return Refusal{"invalid_jobs", job_name + " is invalid"};
    if (members["stacks"].get(stacks) != SUCCESS)
      return Refusal{"invalid_stacks", job_name + " is invalid: no stacks specified"};
    if (members["memoryMap"].get(memory_map) != SUCCESS)
      return Refusal{"invalid_modules", job_name + " is invalid: no memoryMap specified"};
    Job job;
    if (const std::string wrong = ReadModules(memory_map, job); !wrong.empty())
      return Refusal{"invalid_modules", job_name + " has invalid modules: " + wrong};
    if (job.memory_map.size() > kMaxModules)
      return Refusal{"too_large", LimitTitle("modules of a job", kMaxModules)};
    if (const std::string wrong = ReadStacks(stacks, job); !wrong.empty())
      return Refusal{"invalid_stacks", job_name + " has invalid stacks: " + wrong};
    if (stack_count_ > kMaxStacks) return Refusal{"too_large", LimitTitle("stacks", kMaxStacks)};
    if (frame_count_ > kMaxFrames) return Refusal{"too_large", LimitTitle("frames", kMaxFrames)};
    request_.jobs.push_back(std::move(job));
    return std::nullopt;
  }

  // What is wrong, or an empty text.
  std::string ReadModules(const element& value, Job& job) {
    array modules;
    if (value.get(modules) != SUCCESS) return "modules must be a list";
    std::size_t number = 0;
    for (const element module : modules) {
      if (number > kMaxModules) return {};  // The caller refuses it.
      const std::string name = "module index " + std::to_string(number++);
      array pair;
      if (module.get(pair) != SUCCESS || pair.size() != 2)
        return name + " does not have a debug_filename and debug_id";
      std::string_view debug_file;
      std::string_view debug_id;
      if (pair.at(0).get(debug_file) != SUCCESS) return name + " has an invalid debug_filename";
      if (pair.at(1).get(debug_id) != SUCCESS || !IsHexDigits(debug_id))
        return name + " has an invalid debug_id";
      job.memory_map.push_back(NumberOf(debug_file, debug_id));
    }
    return {};
  }

  std::uint32_t NumberOf(std::string_view debug_file, std::string_view debug_id) {
    const auto next = static_cast<std::uint32_t>(request_.modules.size());
    const auto [place, is_new] = numbers_.try_emplace({debug_file, debug_id}, next);
    if (is_new)
      request_.modules.push_back(
          {std::string(debug_file), std::string(debug_id), IsFileName(debug_file) && !debug_id.empty()});
    return place->second;
  }

  std::string ReadStacks(const element& value, Job& job) {
    array stacks;
    if (value.get(stacks) != SUCCESS) return "stacks must be a list of lists";
    if (stacks.size() == 0) return "no stacks specified";
    std::size_t number = 0;
    for (const element stack : stacks) {
      if (++stack_count_ > kMaxStacks || frame_count_ > kMaxFrames) return {};  // The caller refuses it.
      array frames;
      if (stack.get(frames) != SUCCESS) return "stack " + std::to_string(number) + " is not a list";
      std::size_t frame_number = 0;
      for (const element frame : frames) {
        if (const std::string_view wrong = ReadFrame(frame, job); !wrong.empty())
          return "stack " + std::to_string(number) + " frame " + std::to_string(frame_number) + " " +
                 std::string(wrong);
        ++frame_number;
        if (++frame_count_ > kMaxFrames) return {};
      }
      job.stack_ends.push_back(static_cast<std::uint32_t>(job.frames.size()));
      ++number;
    }
    return {};
  }

  static std::string_view ReadFrame(const element& value, Job& job) {
    array pair;
    if (value.get(pair) != SUCCESS) return "is not a list of two items";
    std::size_t count = 0;
    element items[2];
    for (const element item : pair) {
      if (count < 2) items[count] = item;
      ++count;
    }
    if (count != 2) return "is not a list of two items";
    std::int64_t index = 0;
    if (items[0].get(index) != SUCCESS) {
      // A number that does not fit is one all the same.
      return items[0].is_uint64() ? "has a module_index that isn't in modules"
                                  : "has an invalid module_index";
    }
    if (index < -1 || index >= static_cast<std::int64_t>(job.memory_map.size()))
      return "has a module_index that isn't in modules";
    RequestFrame frame;
    if (index >= 0) frame.module = job.memory_map[static_cast<std::size_t>(index)];
    std::uint64_t offset = 0;
    std::int64_t below = 0;
    if (items[1].get(offset) == SUCCESS) {
      frame.offset = {offset};
    } else if (items[1].get(below) == SUCCESS && below == -1) {
      frame.is_before_module = true;
    } else {
      return "has an invalid module_offset";
    }
    job.frames.push_back(frame);
    return {};
  }

  Request request_;
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> numbers_;  // Views of the document.
  std::size_t stack_count_ = 0;
  std::size_t frame_count_ = 0;
};

}  // namespace

std::variant<Request, Refusal> ReadRequest(std::string_view json, ApiVersion version) {
  if (json.size() > kMaxBodyBytes) return Refusal{"too_large", LimitTitle("bytes", kMaxBodyBytes)};
  simdjson::dom::parser parser;
  element document;
  if (base::ParseJson(parser, json).get(document) != SUCCESS)
    return Refusal{"bad_json", "Payload is not valid JSON"};
  Reader reader;
  if (std::optional<Refusal> refusal = reader.ReadJobs(document, version)) return *std::move(refusal);
  return reader.Take();
}

}  // namespace cairn::symbolication
