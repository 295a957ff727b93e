// SymbolRecords is the port to what is known of symbol files beside their bytes: who sent which when, under
// which ids they may be asked for, and whose they are. It is a part of the Directory.
//
// A file's record describes what lies under its key in the BlobStore: it is removed before other bytes are
// stored there, and made when they are. So a file without a record is possible (a kill came between), a
// record of other bytes is not. Names and ids are compared in lower case, as Windows does. All methods may be
// called from many threads at once. Texts have at most kMaxSymbolTextLength bytes and no NUL, else kBadValue.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::store {

inline constexpr std::size_t kMaxSymbolTextLength = 1'000;
inline constexpr std::size_t kMaxSkippedKeys = 1'000;  // Kept of an upload; more are counted only.

// Try symbols are of builds that nobody ships: they are kept apart and for less time.
enum class SymbolClass : std::uint8_t { kRegular, kTry };

// "regular" or "try".
std::string_view SymbolClassName(SymbolClass symbol_class);

struct SymbolFileRecord {
  std::int64_t id = 0;  // Of the store.
  std::string key;      // Of the BlobStore. Unique.
  SymbolClass symbol_class = SymbolClass::kRegular;
  std::string debug_file;  // The three parts of its name, in the letter case that it came with.
  std::string debug_id;
  std::string symbol_file;
  bool is_symbol_text = false;  // A Breakpad symbol file; else the next three are empty.
  std::string code_file;        // From its INFO CODE_ID.
  std::string code_id;
  std::string generator;        // From its INFO GENERATOR.
  std::string build_id;         // Of an ELF file, in lower case.
  bool has_code = false;        // Of an ELF file: whether it can be run or loaded.
  bool has_debug_info = false;  // Of an ELF file: whether it has DWARF.
  std::uint64_t size = 0;       // Of what was sent, unpacked.
  std::uint64_t stored_bytes = 0;
  std::string md5;      // In hexadecimal, of the unpacked bytes. Empty: not known.
  std::string sha256;   // The same.
  std::string product;  // Whose it is; empty: nobody's in particular.
  std::int64_t upload_id = 0;
  std::int64_t stored_ms = 0;

  // Of a record that was made of a file that had none, nothing is known but its name.
  bool tells_whose() const { return !sha256.empty(); }
};

struct UploadRecord {
  std::int64_t id = 0;   // Of the store.
  std::string user;      // Whose token it was.
  std::string protocol;  // "zip", "url", "v2", "symupload" or "sym-upload-v2".
  std::string filename;  // Of the archive, or its URL.
  std::uint64_t size = 0;
  SymbolClass symbol_class = SymbolClass::kRegular;
  std::string product;
  std::int64_t created_ms = 0;
  std::optional<std::int64_t> completed_ms;
  std::uint64_t skipped = 0;              // Files that were there already.
  std::vector<std::string> skipped_keys;  // "name/ID/file" of the first of them.
  std::uint64_t files = 0;                // That it brought and that are still there. Told, never set.
};

// Which of many, the newest first.
struct Page {
  std::size_t offset = 0;
  std::size_t count = 20;
};
struct UploadFilter {
  std::string user;  // Empty: everybody's.
  std::optional<SymbolClass> symbol_class;
  std::string product = {};              // Empty: of any or none.
  std::optional<bool> is_complete = {};  // Or broken off, or still on its way.
  std::vector<std::string> in_key = {};  // What the name of one of its files must hold, each of them.
  bool by_size = false;                  // The largest first, in place of the newest.
  Page page;
};
struct SymbolFileFilter {
  std::string user;  // Whose uploads; empty: everybody's.
  std::optional<SymbolClass> symbol_class;
  std::vector<std::string> in_key;  // What the name must hold, each of them.
  std::int64_t upload_id = 0;       // 0: of every upload.
  Page page;
};

struct SymbolUsage {
  std::string product;
  SymbolClass symbol_class = SymbolClass::kRegular;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;         // Unpacked.
  std::uint64_t stored_bytes = 0;  // On the disk.
  std::uint64_t skipped = 0;       // That came once more and were there already.
};

// Files with the same bytes under several names.
struct DuplicateSymbols {
  std::string sha256;
  std::uint64_t files = 0;
  std::uint64_t stored_bytes = 0;  // Of all of them together.
};

class SymbolRecords {
 public:
  virtual ~SymbolRecords() = default;

  // Gives its id. `id` of the record is ignored.
  virtual base::Result<std::int64_t> AddUpload(const UploadRecord& upload) = 0;
  // Fills in what is known at the end: size, completed_ms, skipped, skipped_keys. kNotFound if there is none.
  virtual base::Status CompleteUpload(const UploadRecord& upload) = 0;
  virtual base::Result<std::optional<UploadRecord>> FindUpload(std::int64_t id) const = 0;
  virtual base::Result<std::vector<UploadRecord>> ListUploads(const UploadFilter& filter) const = 0;
  virtual base::Result<std::uint64_t> CountUploads(const UploadFilter& filter) const = 0;

  // In place of the record of that key, if there is one. `id` is ignored.
  virtual base::Status PutSymbolFile(const SymbolFileRecord& file) = 0;
  // No error if there is none.
  virtual base::Status RemoveSymbolFile(const std::string& key) = 0;
  virtual base::Result<std::optional<SymbolFileRecord>> FindSymbolFile(const std::string& key) const = 0;
  virtual base::Result<std::optional<SymbolFileRecord>> FindSymbolFileById(std::int64_t id) const = 0;

  // The symbol text that has this name and id, as those of its debug file or of its code file; of several the
  // newest, but a regular one before those of try builds, which count only `with_try`.
  virtual base::Result<std::optional<SymbolFileRecord>> FindSymbolText(const std::string& file,
                                                                       const std::string& id,
                                                                       bool with_try) const = 0;
  // An ELF file of that build id (lower case); with `debug_info` one with DWARF, else one with code. Regular
  // ones before those of try builds.
  virtual base::Result<std::optional<SymbolFileRecord>> FindElfFile(const std::string& build_id,
                                                                    bool debug_info) const = 0;

  virtual base::Result<std::vector<SymbolFileRecord>> ListSymbolFiles(
      const SymbolFileFilter& filter) const = 0;
  virtual base::Result<std::uint64_t> CountSymbolFiles(const SymbolFileFilter& filter) const = 0;
  // Those of a class that were stored before a time, the oldest first, at most so many.
  virtual base::Result<std::vector<SymbolFileRecord>> ListOldSymbolFiles(SymbolClass symbol_class,
                                                                         std::int64_t before_ms,
                                                                         std::size_t files_max) const = 0;
  // By product and class.
  virtual base::Result<std::vector<SymbolUsage>> SumSymbolFiles() const = 0;
  // What takes most room first.
  virtual base::Result<std::vector<DuplicateSymbols>> ListDuplicates(std::size_t groups_max) const = 0;
};

}  // namespace cairn::store
