#include "server/api/public_document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/hex.h"
#include "base/json_writer.h"
#include "base/parse_json.h"

namespace cairn::api {
namespace {

namespace dom = simdjson::dom;
using base::Code;
using base::Error;

// Names that came later and are added to one dump. Those of a crash have some hundred KiB.
constexpr std::size_t kMaxLateTextBytes = 16 << 20;

// Within a walked dump, at any depth. Not here, because they may hold what a person did or where memory lay:
// registers, annotations, soft_errors, memory_accesses, handles, proc_limits, mac_crash_info, mac_boot_args.
constexpr std::array kPublicDumpKeys = std::to_array<std::string_view>({"status",
                                                                        "pid",
                                                                        "process_uptime",
                                                                        "linux_memory_map_count",
                                                                        "crash_info",
                                                                        "type",
                                                                        "address",
                                                                        "adjusted_address",
                                                                        "kind",
                                                                        "instruction",
                                                                        "crashing_thread",
                                                                        "assertion",
                                                                        "system_info",
                                                                        "os",
                                                                        "os_ver",
                                                                        "cpu_arch",
                                                                        "cpu_info",
                                                                        "cpu_count",
                                                                        "cpu_microcode_version",
                                                                        "threads",
                                                                        "thread_count",
                                                                        "thread_name",
                                                                        "thread_id",
                                                                        "threads_index",
                                                                        "last_error_value",
                                                                        "frame_count",
                                                                        "total_frames",
                                                                        "truncated",
                                                                        "frames",
                                                                        "frame",
                                                                        "trust",
                                                                        "offset",
                                                                        "offsets",
                                                                        "module",
                                                                        "module_offset",
                                                                        "function",
                                                                        "function_offset",
                                                                        "file",
                                                                        "line",
                                                                        "inlines",
                                                                        "missing_symbols",
                                                                        "main_module",
                                                                        "modules",
                                                                        "unloaded_modules",
                                                                        "base_addr",
                                                                        "end_addr",
                                                                        "debug_file",
                                                                        "debug_id",
                                                                        "filename",
                                                                        "code_id",
                                                                        "version",
                                                                        "loaded_symbols",
                                                                        "corrupt_symbols",
                                                                        "signature",
                                                                        "proto_signature",
                                                                        "signature_notes",
                                                                        "diagnostics",
                                                                        "diagnostics_dropped",
                                                                        "stage",
                                                                        "what",
                                                                        "problem"});

template <typename Keys>
bool Contains(const Keys& keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

// A walked dump with the names that came after it was processed.
class DumpWriter {
 public:
  DumpWriter(dom::element dump, const DocumentView& view, base::JsonWriter& json)
      : names_(LateNames::Of(dump, view.find_names)), with_protected_(view.with_protected), json_(json) {}

  // simdjson reads up to 1024 levels, so the recursion has an end.
  void Copy(dom::element element) {
    dom::object object;
    dom::array array;
    if (with_protected_ && names_.empty()) {
      json_.Raw(simdjson::minify(element));
    } else if (element.get(object) == simdjson::SUCCESS) {
      CopyObject(object);
    } else if (element.get(array) == simdjson::SUCCESS) {
      json_.BeginArray();
      for (const dom::element member : array) Copy(member);
      json_.EndArray();
    } else {
      json_.Raw(simdjson::minify(element));
    }
  }

 private:
  void CopyObject(dom::object object) {
    LateNames::Found found = names_.empty() ? LateNames::Found() : names_.Find(object);
    if (found.name != nullptr && !TakeText(found)) found = {};
    json_.BeginObject();
    for (const dom::key_value_pair field : object) {
      if (!with_protected_ && !Contains(kPublicDumpKeys, field.key)) continue;
      if (found.has_symbols && IsReplaced(field.key, found)) continue;
      json_.Key(field.key);
      Copy(field.value);
    }
    if (found.has_symbols) WriteLate(found);
    json_.EndObject();
  }

  static bool IsReplaced(std::string_view key, const LateNames::Found& found) {
    constexpr std::array kOfName =
        std::to_array<std::string_view>({"function", "function_offset", "file", "line", "inlines"});
    return key == "missing_symbols" || key == "loaded_symbols" || key == "named_later" ||
           (found.name != nullptr && Contains(kOfName, key));
  }

  // A module has symbols now, and so has a frame, which may have a name as well.
  void WriteLate(const LateNames::Found& found) {
    json_.Key("missing_symbols");
    json_.Bool(false);
    if (found.is_module) {
      json_.Key("loaded_symbols");
      json_.Bool(true);
    }
    if (found.is_module || found.name != nullptr) {
      json_.Key("named_later");
      json_.Bool(true);
    }
    if (found.name == nullptr) return;
    json_.TextField("function_offset", base::ToAddress(found.name->function_offset));
    // Both are JSON already, and the rest goes on behind the function.
    json_.Key("function");
    json_.Raw(std::string(found.name->function).append(found.name->rest));
  }

  // Whether there is room for a frame's names.
  bool TakeText(const LateNames::Found& found) {
    const std::size_t bytes = found.name->function.size() + found.name->rest.size();
    if (bytes > text_left_) return false;
    text_left_ -= bytes;
    return true;
  }

  const LateNames names_;
  const bool with_protected_;
  std::size_t text_left_ = kMaxLateTextBytes;
  base::JsonWriter& json_;
};

// The dump of the crashed process, and those of others that came with it.
bool IsWalkedDump(std::string_view key) {
  return key == "json_dump" || key.starts_with("upload_file_minidump_");
}

void CopyPublicAnnotations(dom::element annotations, const registry::Registry& registry,
                           base::JsonWriter& json) {
  json.BeginObject();
  dom::object object;
  if (annotations.get(object) == simdjson::SUCCESS) {
    for (const dom::key_value_pair field : object) {
      std::string_view value;
      if (field.value.get(value) != simdjson::SUCCESS) continue;
      if (const auto shown = registry.PublicValue(field.key, value)) json.TextField(field.key, *shown);
    }
  }
  json.EndObject();
}

void WritePublicField(dom::key_value_pair field, const registry::Registry& registry, base::JsonWriter& json) {
  if (!registry.IsPublicField(field.key)) {
    return;
  } else if (field.key == "annotations") {
    json.Key(field.key);
    CopyPublicAnnotations(field.value, registry, json);
  } else {
    json.Key(field.key);
    json.Raw(simdjson::minify(field.value));
  }
}

void WriteField(dom::key_value_pair field, const registry::Registry& registry, const DocumentView& view,
                base::JsonWriter& json) {
  if (field.key == "signature" && !view.signature.empty()) {
    json.TextField(field.key, view.signature);
  } else if (field.key == "proto_signature" && !view.proto_signature.empty()) {
    json.TextField(field.key, view.proto_signature);
  } else if (IsWalkedDump(field.key)) {
    json.Key(field.key);
    DumpWriter(field.value, view, json).Copy(field.value);
  } else if (!view.with_protected) {
    WritePublicField(field, registry, json);
  } else {
    json.Key(field.key);
    json.Raw(simdjson::minify(field.value));
  }
}

constexpr Error kNoDocument{Code::kBadValue, 0, "document of a processed crash"};

}  // namespace

base::Result<search::CrashKind> KindOfDocument(std::string_view document) {
  dom::parser parser;
  std::string_view kind;
  if (base::ParseJson(parser, document)["kind"].get(kind) != simdjson::SUCCESS) return kNoDocument;
  if (kind == search::CrashKindName(search::CrashKind::kReport)) return search::CrashKind::kReport;
  if (kind == search::CrashKindName(search::CrashKind::kPing)) return search::CrashKind::kPing;
  return kNoDocument;
}

std::string ProductOfDocument(std::string_view document) {
  dom::parser parser;
  std::string_view product;
  if (base::ParseJson(parser, document)["product"].get(product) != simdjson::SUCCESS) return "";
  return std::string(product);
}

base::Result<std::string> RenderDocument(std::string_view document, const registry::Registry& registry,
                                         const DocumentView& view) {
  dom::parser parser;
  dom::object root;
  if (base::ParseJson(parser, document).get(root) != simdjson::SUCCESS) return kNoDocument;
  base::JsonWriter json;
  json.BeginObject();
  for (const dom::key_value_pair field : root) {
    if (field.key != "counterpart") WriteField(field, registry, view, json);
  }
  if (view.counterpart_uuid) {
    json.Key("counterpart");
    json.BeginObject();
    json.Key("uuid");
    json.String(*view.counterpart_uuid);
    json.Key("kind");
    json.String(search::CrashKindName(view.counterpart_kind));
    json.EndObject();
  }
  json.EndObject();
  return json.Take();
}

}  // namespace cairn::api
