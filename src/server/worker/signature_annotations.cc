#include "server/worker/signature_annotations.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "analysis/signature/java_signature.h"
#include "analysis/signature/lists.h"
#include "analysis/signature/shutdown_timeout.h"
#include "analysis/signature/signature.h"
#include "base/json_writer.h"
#include "base/parse_json.h"
#include "server/worker/java_exception.h"
#include "server/worker/protocol.h"

namespace cairn::worker {
namespace {

std::string ValueOf(const Annotations& annotations, std::string_view name) {
  const auto found = annotations.find(std::string(name));
  return found == annotations.end() ? std::string() : found->second;
}

}  // namespace

Annotations PickSignatureAnnotations(const Annotations& annotations) {
  Annotations picked;
  for (const std::string_view name : kSignatureAnnotations) {
    const auto found = annotations.find(std::string(name));
    if (found == annotations.end()) continue;
    picked[std::string(name)] = found->second.substr(0, kMaxSignatureAnnotationBytes);
  }
  struct Row {
    std::string_view name;
    std::string (*reduce)(std::string_view value);
  };
  constexpr Row kReduced[] = {{kShutdownTimeout, signature::ReduceShutdownTimeout},
                              {kJavaStackTrace, signature::ReduceJavaStackTrace},
                              {kJavaException, ReduceJavaException}};
  for (const Row& row : kReduced) {
    const auto found = annotations.find(std::string(row.name));
    if (found == annotations.end() || found->second.empty()) continue;
    std::string reduced = row.reduce(found->second);
    if (!reduced.empty()) picked[std::string(row.name)] = std::move(reduced);
  }
  return picked;
}

void AddSignatureAnnotations(const Annotations& annotations, signature::SignatureInput& input) {
  const std::string size = ValueOf(annotations, "OOMAllocationSize");
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bytes);
  if (error == std::errc() && end == size.data() + size.size()) input.oom_allocation_size = bytes;
  input.js_large_allocation_failure = ValueOf(annotations, "JSLargeAllocationFailure");
  input.abort_message = ValueOf(annotations, "AbortMessage");
  if (annotations.contains("Hang")) input.hang = ValueOf(annotations, "Hang");
  input.ipc_channel_error = ValueOf(annotations, "ipc_channel_error");
  input.ipc_message_name = ValueOf(annotations, "IPCMessageName");
  input.async_shutdown_timeout = ValueOf(annotations, kShutdownTimeout);
  input.java_stack_trace = ValueOf(annotations, kJavaStackTrace);
  input.java_exception = ReadJavaException(ValueOf(annotations, kJavaException));
  const std::string dumps = ValueOf(annotations, kAdditionalDumps);
  for (std::size_t start = 0; start < dumps.size();) {
    const std::size_t comma = std::min(dumps.find(',', start), dumps.size());
    input.additional_minidumps.push_back(dumps.substr(start, comma - start));
    start = comma + 1;
  }
}

model::Signature SignAnnotations(const Annotations& annotations) {
  signature::SignatureInput input;
  AddSignatureAnnotations(annotations, input);
  return signature::MakeSignature(input, signature::SignatureLists::Default());
}

std::string WriteAnnotations(const Annotations& annotations) {
  base::JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : annotations) json.TextField(name, value);
  json.EndObject();
  return json.Take();
}

std::string WriteForWorker(Annotations annotations) {
  std::string text = WriteAnnotations(annotations);
  while (text.size() > kMaxMessageText) {
    annotations.erase(
        std::ranges::max_element(annotations, {}, [](const auto& a) { return a.second.size(); }));
    text = WriteAnnotations(annotations);
  }
  return text;
}

Annotations ReadAnnotations(std::string_view text) {
  Annotations annotations;
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS) return annotations;
  for (const simdjson::dom::key_value_pair field : root) {
    std::string_view value;
    if (field.value.get(value) == simdjson::SUCCESS) annotations[std::string(field.key)] = std::string(value);
  }
  return annotations;
}

}  // namespace cairn::worker
