#include "formats/dwarf/line_program.h"

#include "formats/dwarf/debug_numbers.h"
#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;
using base::Code;
using base::Error;

namespace {

// Standard operations, DWARF 5 section 6.2.5.2.
constexpr std::uint8_t kCopy = 1;
constexpr std::uint8_t kAdvancePc = 2;
constexpr std::uint8_t kAdvanceLine = 3;
constexpr std::uint8_t kSetFile = 4;
constexpr std::uint8_t kConstantAddPc = 8;
constexpr std::uint8_t kFixedAdvancePc = 9;
// Extended ones, section 6.2.5.3.
constexpr std::uint8_t kEndSequence = 1;
constexpr std::uint8_t kSetAddress = 2;
// Contents of a file's entry, section 6.2.4.1.
constexpr std::uint64_t kPath = 1;
constexpr std::uint64_t kFolderIndex = 2;

bool IsAbsolute(std::string_view path) {
  const bool has_drive = path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
  return path.starts_with('/') || path.starts_with('\\') || has_drive;
}

// Compilers on Windows write paths with backslashes.
void Prepend(std::string_view folder, std::string& path) {
  if (folder.empty() || IsAbsolute(path)) return;
  const bool windows =
      folder.find('\\') != std::string_view::npos && folder.find('/') == std::string_view::npos;
  std::string joined(folder);
  if (!joined.ends_with('/') && !joined.ends_with('\\')) joined += windows ? '\\' : '/';
  path.insert(0, joined);
}

}  // namespace

struct LineProgram::Machine {
  LineRow row;
  std::vector<LineRow> rows;
  bool ended = false;  // The sequence: `row.address` is where.

  void Reset() {
    row = {.address = 0, .file = 1, .line = 1};
    rows.clear();
    ended = false;
  }
};

base::Result<LineProgram> LineProgram::Read(const DebugUnit& unit, std::uint64_t offset) {
  LineProgram program(unit);
  RETURN_IF_ERROR(program.ReadHeader(offset));
  return program;
}

base::Status LineProgram::ReadHeader(std::uint64_t offset) {
  constexpr std::uint32_t kWideLength = 0xffffffff;
  ByteReader reader(unit_->sections().line);
  reader.Seek(offset);
  format_ = unit_->header().format;
  format_.offset_bytes = 4;
  std::uint64_t length = reader.Read<std::uint32_t>();
  if (length == kWideLength) {
    format_.offset_bytes = 8;
    length = reader.Read<std::uint64_t>();
  }
  if (!reader.ok() || length > reader.remaining()) return Error{Code::kTruncated, offset, "line table"};
  const std::uint64_t end = reader.offset() + length;
  format_.version = reader.Read<std::uint16_t>();
  if (format_.version < 2 || format_.version > 5)
    return Error{Code::kUnsupported, offset, "version of a line table"};
  if (format_.version >= 5) {
    format_.address_bytes = reader.Read<std::uint8_t>();
    reader.Skip(1);  // segment_selector_size
  }
  const std::uint64_t header_length = ReadNumber(reader, format_.offset_bytes);
  if (!reader.ok() || reader.offset() > end || header_length > end - reader.offset())
    return Error{Code::kTruncated, offset, "header of a line table"};
  const std::uint64_t start = reader.offset() + header_length;
  program_ =
      unit_->sections().line.subspan(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
  minimum_instruction_bytes_ = reader.Read<std::uint8_t>();
  if (format_.version >= 4) reader.Skip(1);  // maximum_operations_per_instruction
  reader.Skip(1);                            // default_is_stmt
  line_base_ = reader.Read<std::int8_t>();
  line_range_ = reader.Read<std::uint8_t>();
  operation_base_ = reader.Read<std::uint8_t>();
  if (!reader.ok() || line_range_ == 0 || operation_base_ == 0)
    return Error{Code::kBadValue, offset, "header of a line table"};
  for (int i = 1; i < operation_base_; ++i) operand_counts_.push_back(reader.Read<std::uint8_t>());
  if (format_.version < 5) {
    ReadFilesTo4(reader);
  } else if (!ReadFilesFrom5(reader)) {
    return Error{Code::kBadValue, offset, "files of a line table"};
  }
  return {};
}

// Zero-terminated lists. Folder 0 is that of compilation, and files count from 1.
void LineProgram::ReadFilesTo4(ByteReader& reader) {
  folders_.push_back(unit_->compilation_folder());
  while (folders_.size() < kMaxFiles) {
    const std::string_view folder = ReadText(reader);
    if (folder.empty()) break;
    folders_.push_back(folder);
  }
  files_.emplace_back();
  while (files_.size() < kMaxFiles) {
    File file;
    file.name = ReadText(reader);
    if (file.name.empty()) break;
    file.folder = ReadUnsignedLeb128(reader);
    ReadUnsignedLeb128(reader);  // Time of the last change.
    ReadUnsignedLeb128(reader);  // Size.
    files_.push_back(file);
  }
}

bool LineProgram::ReadFilesFrom5(ByteReader& reader) {
  std::vector<File> folders;
  if (!ReadEntries(reader, folders)) return false;
  for (const File& folder : folders) folders_.push_back(folder.name);
  return ReadEntries(reader, files_);
}

std::vector<LineProgram::EntryFormat> LineProgram::ReadEntryFormats(ByteReader& reader) const {
  std::vector<EntryFormat> formats(reader.Read<std::uint8_t>());
  for (EntryFormat& entry : formats) {
    entry.content = ReadUnsignedLeb128(reader);
    entry.form = static_cast<std::uint16_t>(ReadUnsignedLeb128(reader));
  }
  return formats;
}

bool LineProgram::ReadEntries(ByteReader& reader, std::vector<File>& entries) const {
  const std::vector<EntryFormat> formats = ReadEntryFormats(reader);
  const std::uint64_t count = ReadUnsignedLeb128(reader);
  // Entries without any bytes would let a few bytes stand for any number of files.
  if (!reader.ok() || count > kMaxFiles || (formats.empty() && count != 0)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    File file;
    for (const EntryFormat& entry : formats) {
      AttributeSpecification specification;
      specification.form = entry.form;
      const AttributeValue value = ReadAttributeValue(reader, specification, format_);
      if (entry.content == kPath) file.name = unit_->Text(value);
      if (entry.content == kFolderIndex) file.folder = value.number;
    }
    if (!reader.ok()) return false;
    entries.push_back(file);
  }
  return true;
}

std::string LineProgram::FilePath(std::uint64_t file) const {
  if (file >= files_.size() || files_[file].name.empty()) return {};
  std::string path(files_[file].name);
  const std::uint64_t folder = files_[file].folder;
  if (folder < folders_.size()) Prepend(folders_[folder], path);
  // The first folder is that of compilation, which may be relative itself: Debian's C library has "./nptl".
  if (folder != 0) Prepend(unit_->compilation_folder(), path);
  return path;
}

bool LineProgram::Run(
    const std::function<void(std::span<const LineRow>, std::uint64_t)>& take_sequence) const {
  ByteReader reader(program_);
  Machine machine;
  machine.Reset();
  while (reader.remaining() != 0 && reader.ok()) {
    const auto operation = reader.Read<std::uint8_t>();
    if (operation >= operation_base_) {
      const int adjusted = operation - operation_base_;
      machine.row.address += static_cast<std::uint64_t>(adjusted / line_range_) * minimum_instruction_bytes_;
      machine.row.line += static_cast<std::uint32_t>(line_base_ + adjusted % line_range_);
      machine.rows.push_back(machine.row);
    } else if (operation != 0) {
      if (!RunStandard(operation, reader, machine)) return false;
    } else if (!RunExtended(reader, machine)) {
      return false;
    }
    if (!machine.ended) continue;
    if (!machine.rows.empty()) take_sequence(machine.rows, machine.row.address);
    machine.Reset();
  }
  return reader.ok();
}

bool LineProgram::RunStandard(std::uint8_t operation, ByteReader& reader, Machine& machine) const {
  switch (operation) {
    case kCopy: machine.rows.push_back(machine.row); break;
    case kAdvancePc: machine.row.address += ReadUnsignedLeb128(reader) * minimum_instruction_bytes_; break;
    case kAdvanceLine:
      machine.row.line = static_cast<std::uint32_t>(machine.row.line + ReadSignedLeb128(reader));
      break;
    case kSetFile: machine.row.file = ReadUnsignedLeb128(reader); break;
    case kConstantAddPc:
      machine.row.address +=
          static_cast<std::uint64_t>((255 - operation_base_) / line_range_) * minimum_instruction_bytes_;
      break;
    case kFixedAdvancePc: machine.row.address += reader.Read<std::uint16_t>(); break;
    default:
      // Columns, statements, blocks: nothing here needs them.
      for (int i = 0; i < operand_counts_[operation - std::size_t{1}]; ++i) ReadUnsignedLeb128(reader);
  }
  return reader.ok();
}

bool LineProgram::RunExtended(ByteReader& reader, Machine& machine) const {
  const std::uint64_t size = ReadUnsignedLeb128(reader);
  const base::Bytes bytes = reader.ReadBytes(size);
  if (!reader.ok()) return false;
  if (bytes.empty()) return true;
  ByteReader operand(bytes);
  switch (operand.Read<std::uint8_t>()) {
    case kEndSequence: machine.ended = true; break;
    case kSetAddress:
      machine.row.address = ReadNumber(operand, static_cast<std::uint32_t>(operand.remaining()));
      break;
    default: break;  // Discriminators, and what is not known.
  }
  return operand.ok();
}

}  // namespace cairn::dwarf
