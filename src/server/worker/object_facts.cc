#include "server/worker/object_facts.h"

#include <algorithm>

#include "base/hex.h"
#include "formats/object/elf_file.h"

namespace cairn::worker {
namespace {

constexpr std::size_t kMaxBuildIdDigits = 128;  // Build ids are hashes: SHA-1 has 40 digits.

// Where the debug information was split off, the sections of code are there without their bytes.
bool HasCode(const object::ElfFile& file) {
  return std::ranges::any_of(file.sections(), [](const object::ElfSection& section) {
    return (section.flags & object::kSectionExecutable) != 0 && section.type != object::kSectionNoBits;
  });
}

}  // namespace

base::Result<ObjectFacts> InspectObject(base::Bytes bytes) {
  ASSIGN_OR_RETURN(const object::ElfFile file, object::ElfFile::Open(bytes));
  ObjectFacts facts;
  facts.build_id = base::BytesToHex(file.build_id());
  if (facts.build_id.size() > kMaxBuildIdDigits) facts.build_id.clear();
  facts.has_code = HasCode(file);
  facts.has_debug_info =
      file.FindSection(".debug_info") != nullptr || file.FindSection(".zdebug_info") != nullptr;
  return facts;
}

std::string WriteObjectFacts(const ObjectFacts& facts) {
  return std::string(facts.has_code ? "1" : "0") + (facts.has_debug_info ? "1" : "0") + facts.build_id;
}

base::Result<ObjectFacts> ReadObjectFacts(std::string_view line) {
  const auto is_flag = [](char c) { return c == '0' || c == '1'; };
  const bool is_well_formed =
      line.size() >= 2 && line.size() <= 2 + kMaxBuildIdDigits && is_flag(line[0]) && is_flag(line[1]) &&
      std::ranges::all_of(line, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!is_well_formed) return base::Error{base::Code::kBadValue, 0, "facts of an object file"};
  return ObjectFacts{
      .build_id = std::string(line.substr(2)), .has_code = line[0] == '1', .has_debug_info = line[1] == '1'};
}

}  // namespace cairn::worker
