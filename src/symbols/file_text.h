// The text of an open symbol file: FileText where it lies in the file as it is, else HeldText.
//
// FileText is read, not mapped: somebody may write the file in place, and a mapping that shrinks ends the
// process. Once the file has changed nothing more can be read, because an index of it would lead to other
// records.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "formats/symfile/text_normalize.h"
#include "formats/symfile/text_source.h"
#include "os/file.h"

namespace cairn::symbols {

// Fails as NormalizeSymbolFile does where the file is packed.
base::Result<std::unique_ptr<const symfile::TextSource>> OpenSymbolText(os::FileDescriptor file);

class FileText final : public symfile::TextSource {
 public:
  // kUnsupported for what is not a regular file.
  static base::Result<std::unique_ptr<FileText>> Open(os::FileDescriptor file);

  std::uint64_t size() const override { return opened_.size; }
  bool Read(std::uint64_t offset, std::span<char> target) const override;

 private:
  FileText(os::FileDescriptor file, const os::FileInfo& opened) : file_(std::move(file)), opened_(opened) {}

  os::FileDescriptor file_;
  os::FileInfo opened_;  // As it was then.
};

// In memory: of a packed file, or of one that can be read only once.
class HeldText final : public symfile::TextSource {
 public:
  // Fails as NormalizeSymbolFile does.
  static base::Result<std::unique_ptr<HeldText>> Create(std::string file);

  std::uint64_t size() const override { return normalized_->text().size(); }
  bool Read(std::uint64_t offset, std::span<char> target) const override {
    return symfile::TextInMemory(normalized_->text()).Read(offset, target);
  }

 private:
  explicit HeldText(std::string file) : file_(std::move(file)) {}

  std::string file_;
  std::optional<symfile::NormalizedText> normalized_;  // Of file_, which it may borrow; always there.
};

}  // namespace cairn::symbols
