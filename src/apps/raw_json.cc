#include "apps/raw_json.h"

#include <algorithm>
#include <optional>

#include "base/json_view.h"

namespace cairn::apps {
namespace {

std::map<std::string, std::string> ReadSigners(const base::JsonView& subjects) {
  std::map<std::string, std::string> signers;
  for (const auto& [subject, files] : subjects.Members()) {
    for (const base::JsonView& file : files.Items()) {
      if (const std::optional<std::string> name = file.Text())
        signers.emplace(std::string(model::BaseName(*name)), subject);
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
  const std::optional<base::JsonView> root = base::JsonView::Read(text);
  if (!root || !root->IsObject()) return base::Error{base::Code::kBadValue, 0, "JSON of the submission"};
  RawJson raw;
  if (const auto microcode = root->Member("CPUMicrocodeVersion"))
    raw.cpu_microcode = NormalMicrocode(microcode->Text().value_or(""));
  const std::optional<base::JsonView> signers = root->Member("ModuleSignatureInfo");
  if (!signers) return raw;
  const std::string text_of_signers = signers->Text().value_or("");
  if (const auto inside = base::JsonView::Read(text_of_signers)) {
    raw.signers = ReadSigners(*inside);
  } else {
    raw.signers = ReadSigners(*signers);
  }
  return raw;
}

void AddRawJson(const RawJson& raw, model::CrashReport& report) {
  const auto name_signer = [&](auto& module) {
    const auto signer = raw.signers.find(std::string(model::BaseName(module.code_file)));
    if (signer != raw.signers.end()) module.cert_subject = signer->second;
  };
  std::ranges::for_each(report.modules, name_signer);
  std::ranges::for_each(report.unloaded_modules, name_signer);
  if (report.system.cpu_microcode.empty()) report.system.cpu_microcode = raw.cpu_microcode;
}

}  // namespace cairn::apps
