// The SymbolRecords of SociDirectory: its tables uploads and symbol_files.
#pragma once

#include "server/store/soci_directory.h"
#include "server/store/symbol_records.h"

namespace cairn::store {

class SociSymbolRecords final : public SymbolRecords {
 public:
  // Borrows the state, whose session has the tables.
  explicit SociSymbolRecords(SociDirectory::State& state) : state_(state) {}

  base::Result<std::int64_t> AddUpload(const UploadRecord& upload) override;
  base::Status CompleteUpload(const UploadRecord& upload) override;
  base::Result<std::optional<UploadRecord>> FindUpload(std::int64_t id) const override;
  base::Result<std::vector<UploadRecord>> ListUploads(const UploadFilter& filter) const override;
  base::Result<std::uint64_t> CountUploads(const UploadFilter& filter) const override;
  base::Status PutSymbolFile(const SymbolFileRecord& file) override;
  base::Status RemoveSymbolFile(const std::string& key) override;
  base::Result<std::optional<SymbolFileRecord>> FindSymbolFile(const std::string& key) const override;
  base::Result<std::optional<SymbolFileRecord>> FindSymbolFileById(std::int64_t id) const override;
  base::Result<std::optional<SymbolFileRecord>> FindSymbolText(const std::string& file, const std::string& id,
                                                               bool with_try) const override;
  base::Result<std::optional<SymbolFileRecord>> FindElfFile(const std::string& build_id,
                                                            bool debug_info) const override;
  base::Result<std::vector<SymbolFileRecord>> ListSymbolFiles(const SymbolFileFilter& filter) const override;
  base::Result<std::uint64_t> CountSymbolFiles(const SymbolFileFilter& filter) const override;
  base::Result<std::vector<SymbolFileRecord>> ListOldSymbolFiles(SymbolClass symbol_class,
                                                                 std::int64_t before_ms,
                                                                 std::size_t files_max) const override;
  base::Result<std::vector<SymbolUsage>> SumSymbolFiles() const override;
  base::Result<std::vector<DuplicateSymbols>> ListDuplicates(std::size_t groups_max) const override;

 private:
  // A statement's tail behind its FROM, and the values of its places :a, :b and so on, all of them texts.
  struct Tail {
    std::string text;
    std::vector<std::string> values;
  };
  static Tail TailOf(const UploadFilter& filter);
  static Tail TailOf(const SymbolFileFilter& filter);
  base::Result<std::vector<UploadRecord>> SelectUploads(const Tail& tail) const;
  base::Result<std::vector<SymbolFileRecord>> SelectFiles(const Tail& tail) const;
  base::Result<std::optional<SymbolFileRecord>> SelectFile(const Tail& tail) const;
  base::Result<std::uint64_t> Count(const std::string& table, const Tail& tail) const;

  SociDirectory::State& state_;
};

}  // namespace cairn::store
