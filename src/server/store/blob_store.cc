#include "server/store/blob_store.h"

#include <algorithm>

namespace cairn::store {
namespace {

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._@+-").find(c) != std::string_view::npos;
}

bool IsValidSegment(std::string_view segment) {
  return !segment.empty() && segment.size() <= kMaxSegmentLength && segment.front() != '.' &&
         std::ranges::all_of(segment, IsKeyCharacter);
}

}  // namespace

bool IsValidKey(std::string_view key) {
  if (key.size() > kMaxKeyLength) return false;
  for (std::size_t segments = 1; segments <= kMaxKeySegments; ++segments) {
    const std::size_t slash = key.find('/');
    if (!IsValidSegment(key.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
  return false;
}

base::Status BlobStore::PutAll(std::span<const Object> objects) {
  std::vector<NewObject> staged;
  staged.reserve(objects.size());
  for (const Object& object : objects) {
    ASSIGN_OR_RETURN(std::unique_ptr<StagedBlob> blob, Stage());
    RETURN_IF_ERROR(blob->Append(object.bytes));
    staged.push_back({object.key, std::move(blob)});
  }
  return Publish(std::move(staged));
}

}  // namespace cairn::store
