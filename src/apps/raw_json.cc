#include "apps/raw_json.h"

#include "base/parse_json.h"

namespace cairn::apps {
namespace {

namespace json = simdjson::dom;

std::map<std::string, std::string> ReadSigners(const json::object& subjects) {
  std::map<std::string, std::string> signers;
  for (const json::key_value_pair subject : subjects) {
    json::array files;
    if (subject.value.get(files) != simdjson::SUCCESS) continue;
    for (const json::element file : files) {
      std::string_view name;
      if (file.get(name) == simdjson::SUCCESS)
        signers.emplace(std::string(model::BaseName(name)), std::string(subject.key));
    }
  }
  return signers;
}

// "f0", "0xf0" and "0xF0" are one version.
std::string NormalMicrocode(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) text.remove_prefix(2);
  const bool is_hex = text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (text.empty() || !is_hex) return {};
  std::string version = "0x";
  for (const char c : text) version += c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  return version;
}

}  // namespace

base::Result<RawJson> ReadRawJson(std::string_view text) {
  json::parser parser;
  json::object root;
  if (base::ParseJson(parser, text).get(root) != simdjson::SUCCESS)
    return base::Error{base::Code::kBadValue, 0, "JSON of the submission"};
  RawJson raw;
  std::string_view microcode;
  if (root["CPUMicrocodeVersion"].get(microcode) == simdjson::SUCCESS)
    raw.cpu_microcode = NormalMicrocode(microcode);
  json::object subjects;
  std::string_view nested;
  if (root["ModuleSignatureInfo"].get(subjects) == simdjson::SUCCESS) {
    raw.signers = ReadSigners(subjects);
  } else if (root["ModuleSignatureInfo"].get(nested) == simdjson::SUCCESS) {
    json::parser nested_parser;
    if (base::ParseJson(nested_parser, nested).get(subjects) == simdjson::SUCCESS)
      raw.signers = ReadSigners(subjects);
  }
  return raw;
}

void AddRawJson(const RawJson& raw, model::CrashReport& report) {
  for (model::Module& module : report.modules) {
    const auto signer = raw.signers.find(std::string(model::BaseName(module.code_file)));
    if (signer != raw.signers.end()) module.cert_subject = signer->second;
  }
  if (report.system.cpu_microcode.empty()) report.system.cpu_microcode = raw.cpu_microcode;
}

}  // namespace cairn::apps
