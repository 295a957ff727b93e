// FileText is a symbol file's text as it lies in an open file.
//
// Read, not mapped: somebody may write the file in place, and a mapping that shrinks ends the process. Once
// the file has changed nothing more can be read, because an index of it would lead to other records.
#pragma once

#include <memory>

#include "base/result.h"
#include "formats/symfile/text_source.h"
#include "os/file.h"

namespace cairn::symbols {

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

}  // namespace cairn::symbols
