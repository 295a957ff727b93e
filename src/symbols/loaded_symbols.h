// The symbols of one module, ready for lookups, composed of what was found: names of a symbol file, unwind
// rows of the same or else of the binary, code of the binary.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "model/module_symbols.h"
#include "symbols/binary_file.h"
#include "symbols/symbol_file.h"

namespace cairn::symbols {

class LoadedSymbols final : public model::ModuleSymbols {
 public:
  // Either may be null, not both. `url` is where the file was downloaded from, empty if it was not;
  // `downloaded_bytes` came for it now.
  LoadedSymbols(std::shared_ptr<const SymbolFile> file, std::shared_ptr<const BinaryFile> binary,
                std::string url = {}, std::uint64_t downloaded_bytes = 0)
      : file_(std::move(file)),
        binary_(std::move(binary)),
        url_(std::move(url)),
        downloaded_bytes_(downloaded_bytes) {}

  // Without the detour over this class where there is only one part.
  const model::ModuleSymbols& symbols() const;

  // Null if only the binary was found.
  const SymbolFile* file() const { return file_.get(); }
  // The same, for whoever needs it longer than this object.
  const std::shared_ptr<const SymbolFile>& shared_file() const { return file_; }
  const std::string& url() const { return url_; }
  // By the search that found it; 0 if it was here.
  std::uint64_t downloaded_bytes() const { return downloaded_bytes_; }

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  std::optional<model::StackWinRow> FindStackWin(model::ModuleOffset offset) const override;
  base::Bytes ReadCode(model::ModuleOffset offset, std::size_t count) const override;

 private:
  std::shared_ptr<const SymbolFile> file_;
  std::shared_ptr<const BinaryFile> binary_;
  std::string url_;
  std::uint64_t downloaded_bytes_;
};

}  // namespace cairn::symbols
