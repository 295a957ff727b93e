#include "symbols/file_text.h"

#include <array>
#include <utility>

#include "formats/symfile/compile.h"

namespace cairn::symbols {

base::Result<std::unique_ptr<const symfile::TextSource>> OpenSymbolText(os::FileDescriptor file) {
  std::array<std::byte, symfile::kPackedMarkBytes> beginning;
  if (os::ReadAt(file.get(), 0, beginning) && symfile::IsPlainBeginning(beginning)) {
    ASSIGN_OR_RETURN(std::unique_ptr<FileText> text, FileText::Open(std::move(file)));
    return std::unique_ptr<const symfile::TextSource>(std::move(text));
  }
  ASSIGN_OR_RETURN(std::string bytes, os::ReadAll(file.get(), symfile::kMaxSymbolFileBytes));
  ASSIGN_OR_RETURN(std::unique_ptr<HeldText> text, HeldText::Create(std::move(bytes)));
  return std::unique_ptr<const symfile::TextSource>(std::move(text));
}

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

base::Result<std::unique_ptr<HeldText>> HeldText::Create(std::string file) {
  std::unique_ptr<HeldText> held(new HeldText(std::move(file)));
  ASSIGN_OR_RETURN(held->normalized_, symfile::NormalizeSymbolFile(base::AsBytes(held->file_)));
  return held;
}

}  // namespace cairn::symbols
