#include "analysis/signature_json/crash_data.h"

#include <simdjson.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "analysis/signature_json/java_exception.h"
#include "analysis/signature_json/text_of.h"
#include "base/hex.h"
#include "base/parse_json.h"

namespace cairn::signature_json {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

// Text that is JSON; Cairn's processed crashes have what it says in its place.
std::string JsonTextOf(const object& parent, std::string_view key) {
  object value;
  if (parent[key].get(value) == simdjson::SUCCESS) return simdjson::minify(value);
  return std::string(TextOf(parent, key));
}

// A number, of which the fraction is dropped, or text that is a whole one: clients send annotations as text.
std::optional<std::int64_t> NumberOf(const object& parent, std::string_view key) {
  std::int64_t number = 0;
  if (parent[key].get(number) == simdjson::SUCCESS) return number;
  constexpr double kMax = 1e15;
  double fraction = 0;
  if (parent[key].get(fraction) == simdjson::SUCCESS && fraction > -kMax && fraction < kMax) {
    return static_cast<std::int64_t>(fraction);
  }
  std::string_view text = TextOf(parent, key);
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return number;
}

std::uint32_t LineOf(const object& parent) {
  const std::int64_t line = NumberOf(parent, "line").value_or(0);
  return line > 0 && std::in_range<std::uint32_t>(line) ? static_cast<std::uint32_t>(line) : 0;
}

std::uint64_t HexOf(const object& parent, std::string_view key) {
  std::string_view text = TextOf(parent, key);
  if (text.starts_with("0x")) text.remove_prefix(2);
  return base::ParseHex(text).value_or(0);
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
  frame.debug_id = TextOf(json, "debug_id");
  frame.module_offset = HexOf(json, "module_offset");
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

void ReadThreads(const object& json, signature::SignatureInput& input) {
  simdjson::dom::array threads;
  if (json["threads"].get(threads) != simdjson::SUCCESS) return;
  const auto count = static_cast<std::int64_t>(threads.size());
  const std::int64_t crashing =
      input.crashing_thread < 0 ? input.crashing_thread + count : input.crashing_thread;
  for (const element item : threads) {
    // Threads that no rule asks for only keep their place.
    const std::size_t index = input.threads.size();
    const bool needed = index == 0 || std::cmp_equal(index, crashing);
    object thread;
    const bool is_object = needed && item.get(thread) == simdjson::SUCCESS;
    input.threads.push_back(is_object ? ReadThread(thread) : signature::SignatureThread());
  }
}

// What stands beside the threads.
void ReadAnnotations(const object& json, signature::SignatureInput& input) {
  input.os = TextOf(json, "os");
  input.reason = TextOf(json, "reason");
  input.crashing_thread = NumberOf(json, "crashing_thread").value_or(0);
  // Of a negative size the reference says that it is a small one.
  const std::optional<std::int64_t> size = NumberOf(json, "oom_allocation_size");
  if (size) input.oom_allocation_size = *size < 0 ? 1 : static_cast<std::uint64_t>(*size);
  input.js_large_allocation_failure = TextOf(json, "js_large_allocation_failure");
  input.abort_message = TextOf(json, "abort_message");
  std::string_view hang;
  if (json["hang"].get(hang) == simdjson::SUCCESS) {
    input.hang = std::string(hang);
  } else if (const std::optional<std::int64_t> number = NumberOf(json, "hang")) {
    input.hang = std::to_string(*number);
  }
  input.walk_status = TextOf(json, "mdsw_status_string");
  input.java_stack_trace = TextOf(json, "java_stack_trace");
  element exception;
  if (json["java_exception"].get(exception) == simdjson::SUCCESS) {
    input.java_exception = ReadJavaException(exception);
  }
  input.async_shutdown_timeout = JsonTextOf(json, "async_shutdown_timeout");
  input.ipc_channel_error = TextOf(json, "ipc_channel_error");
  input.ipc_message_name = TextOf(json, "ipc_message_name");
  simdjson::dom::array dumps;
  if (json["additional_minidumps"].get(dumps) != simdjson::SUCCESS) return;
  for (const element dump : dumps) {
    std::string_view name;
    if (dump.get(name) == simdjson::SUCCESS) input.additional_minidumps.emplace_back(name);
  }
}

// What a walked dump says of the crash: a processed crash has it under "json_dump", `cairn stackwalk --json`
// is one.
void ReadWalk(const object& walk, signature::SignatureInput& input) {
  object info;
  if (walk["system_info"].get(info) == simdjson::SUCCESS) input.os = TextOf(info, "os");
  if (walk["crash_info"].get(info) != simdjson::SUCCESS) return;
  input.reason = TextOf(info, "type");
  input.crashing_thread = NumberOf(info, "crashing_thread").value_or(0);
}

// What custom rules may ask for.
void ReadOtherAnnotations(const object& json, signature::SignatureInput& input) {
  const std::string_view product = TextOf(json, "product");
  if (!product.empty()) input.annotations["ProductName"] = product;
  object annotations;
  if (json["annotations"].get(annotations) != simdjson::SUCCESS) return;
  for (const simdjson::dom::key_value_pair field : annotations) {
    std::string_view value;
    if (field.value.get(value) == simdjson::SUCCESS) input.annotations[std::string(field.key)] = value;
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
  return ReadCrashData(document);
}

base::Result<signature::SignatureInput> ReadCrashData(const element& document) {
  object crash;
  if (document.get(crash) != simdjson::SUCCESS) {
    return base::Error{base::Code::kBadValue, 0, "crash data: a JSON object is expected"};
  }
  signature::SignatureInput input;
  ReadAnnotations(crash, input);
  ReadOtherAnnotations(crash, input);
  object walk = crash;
  const bool is_processed = crash["json_dump"].get(walk) == simdjson::SUCCESS;
  if (is_processed || crash["crash_info"].is_object()) ReadWalk(walk, input);
  ReadThreads(walk, input);
  return input;
}

}  // namespace cairn::signature_json
