#include "symbols/file_text.h"

#include <utility>

namespace cairn::symbols {

base::Result<std::unique_ptr<FileText>> FileText::Open(os::FileDescriptor file) {
  ASSIGN_OR_RETURN(const os::FileInfo info, os::InspectOpen(file.get()));
  if (!info.is_regular) return base::Error{base::Code::kUnsupported, 0, "not a regular file"};
  return std::unique_ptr<FileText>(new FileText(std::move(file), info));
}

bool FileText::Read(std::uint64_t offset, std::span<char> target) const {
  if (!os::ReadAt(file_.get(), offset, std::as_writable_bytes(target))) return false;
  const base::Result<os::FileInfo> now = os::InspectOpen(file_.get());
  return now && now->size == opened_.size && now->modified_ns == opened_.modified_ns;
}

}  // namespace cairn::symbols
