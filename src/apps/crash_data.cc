#include "apps/crash_data.h"

#include <simdjson.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>
#include "base/parse_json.h"

namespace cairn::apps {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view TextOf(const object& parent, std::string_view key) {
  std::string_view text;
  if (parent[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

// A whole number, or text that is one: clients send annotations as text.
std::optional<std::int64_t> NumberOf(const object& parent, std::string_view key) {
  std::int64_t number = 0;
  if (parent[key].get(number) == simdjson::SUCCESS) return number;
  const std::string_view text = TextOf(parent, key);
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::uint32_t LineOf(const object& parent) {
  const std::int64_t line = NumberOf(parent, "line").value_or(0);
  return line > 0 && std::in_range<std::uint32_t>(line) ? static_cast<std::uint32_t>(line) : 0;
}

// Calls `take` with each object of an array until it returns false.
template <typename Take>
void ForEachObject(const object& parent, std::string_view key, Take take) {
  simdjson::dom::array array;
  if (parent[key].get(array) != simdjson::SUCCESS) return;
  for (const element item : array) {
    object value;
    const bool is_object = item.get(value) == simdjson::SUCCESS;
    if (!take(is_object ? &value : nullptr)) return;
  }
}

signature::SignatureFrame ReadFrame(const object& json) {
  signature::SignatureFrame frame;
  frame.module = TextOf(json, "module");
  frame.function = TextOf(json, "function");
  frame.file = TextOf(json, "file");
  frame.line = LineOf(json);
  frame.offset = TextOf(json, "offset");
  ForEachObject(json, "unloaded_modules", [&](const object* unloaded) {
    if (unloaded != nullptr) frame.unloaded_module = TextOf(*unloaded, "module");
    return false;
  });
  ForEachObject(json, "inlines", [&](const object* inlined) {
    if (inlined == nullptr) return true;
    frame.inlines.push_back({.function = std::string(TextOf(*inlined, "function")),
                             .file = std::string(TextOf(*inlined, "file")),
                             .line = LineOf(*inlined)});
    return frame.inlines.size() < signature::kMaxSignatureFrames;
  });
  return frame;
}

signature::SignatureThread ReadThread(const object& json) {
  signature::SignatureThread thread;
  thread.last_error_value = TextOf(json, "last_error_value");
  ForEachObject(json, "frames", [&](const object* frame) {
    thread.frames.push_back(frame == nullptr ? signature::SignatureFrame() : ReadFrame(*frame));
    return thread.frames.size() < signature::kMaxSignatureFrames;
  });
  return thread;
}

// What stands beside the threads.
void ReadAnnotations(const object& json, signature::SignatureInput& input) {
  input.os = TextOf(json, "os");
  input.reason = TextOf(json, "reason");
  input.crashing_thread = NumberOf(json, "crashing_thread").value_or(0);
  const std::optional<std::int64_t> size = NumberOf(json, "oom_allocation_size");
  if (size && *size >= 0) input.oom_allocation_size = static_cast<std::uint64_t>(*size);
  input.js_large_allocation_failure = TextOf(json, "js_large_allocation_failure");
  input.abort_message = TextOf(json, "abort_message");
  std::string_view hang;
  if (json["hang"].get(hang) == simdjson::SUCCESS) input.hang = std::string(hang);
  input.walk_status = TextOf(json, "mdsw_status_string");
  input.ipc_channel_error = TextOf(json, "ipc_channel_error");
  input.ipc_message_name = TextOf(json, "ipc_message_name");
  simdjson::dom::array dumps;
  if (json["additional_minidumps"].get(dumps) != simdjson::SUCCESS) return;
  for (const element dump : dumps) {
    std::string_view name;
    if (dump.get(name) == simdjson::SUCCESS) input.additional_minidumps.emplace_back(name);
  }
}

}  // namespace

CrashDataReader::CrashDataReader() : parser_(std::make_unique<simdjson::dom::parser>()) {}
CrashDataReader::~CrashDataReader() = default;

base::Result<signature::SignatureInput> CrashDataReader::Read(std::string_view json) {
  element document;
  if (base::ParseJson(*parser_, json).get(document) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadMagic, 0, "crash data: JSON"};
  }
  object crash;
  if (document.get(crash) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "crash data: a JSON object is expected"};
  }
  signature::SignatureInput input;
  ReadAnnotations(crash, input);
  ForEachObject(crash, "threads", [&](const object* thread) {
    // Threads that no rule asks for only keep their place.
    const std::size_t index = input.threads.size();
    const bool needed = index == 0 || std::cmp_equal(index, input.crashing_thread);
    input.threads.push_back(needed && thread != nullptr ? ReadThread(*thread) : signature::SignatureThread());
    return true;
  });
  return input;
}

}  // namespace cairn::apps
