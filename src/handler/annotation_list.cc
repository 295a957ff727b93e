#include "handler/annotation_list.h"

#include <optional>

#include "wire/annotation_layout.h"

namespace cairn::handler {
namespace {

std::string ReadText(const CrashedProcess& process, std::uint64_t address, std::uint32_t size) {
  return std::string(base::AsText(process.ReadBlock({address}, size)));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> ReadAnnotations(const CrashedProcess& process,
                                                                 model::ProcessAddress list) {
  std::vector<std::pair<std::string, std::string>> annotations;
  const std::vector<std::byte> head = process.ReadBlock(list, sizeof(std::uint64_t));
  auto next = base::ByteReader(head).Read<std::uint64_t>();
  // The count bounds a list that a corrupted process has bent into a ring.
  for (std::uint32_t i = 0; next != 0 && i < wire::kMaxAnnotations; ++i) {
    const std::vector<std::byte> node = process.ReadBlock({next}, wire::kAnnotationNodeSize);
    base::ByteReader reader(node);
    next = reader.Read<std::uint64_t>();
    const auto name = reader.Read<std::uint64_t>();
    const auto value = reader.Read<std::uint64_t>();
    const auto name_size = reader.Read<std::uint32_t>();
    const auto value_size = reader.Read<std::uint32_t>();
    const auto capacity = reader.Read<std::uint32_t>();
    if (!reader.ok()) break;
    if (name_size == 0 || name_size > wire::kMaxAnnotationNameBytes) continue;
    if (value_size == 0 || value_size > capacity || value_size > wire::kMaxAnnotationValueBytes) continue;
    std::string name_text = ReadText(process, name, name_size);
    std::string value_text = ReadText(process, value, value_size);
    if (name_text.size() != name_size || value_text.size() != value_size) continue;
    annotations.emplace_back(std::move(name_text), std::move(value_text));
  }
  return annotations;
}

}  // namespace cairn::handler
