// A module's binary on this machine, for its unwind tables, its code and the names of its own symbols.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "model/module.h"
#include "model/module_symbols.h"
#include "os/file.h"

namespace cairn::symbols {

// Immutable; any number of threads may ask at once.
class BinaryFile {
 public:
  // kNotFound: no such file, or it is another build than `module`. Other codes: of a kind that has no reader.
  static base::Result<std::shared_ptr<const BinaryFile>> Open(const std::string& path,
                                                              const model::Module& module);

  const model::ModuleSymbols& symbols() const { return *symbols_; }

 private:
  BinaryFile(os::MappedFile mapping, std::unique_ptr<const model::ModuleSymbols> symbols)
      : mapping_(std::move(mapping)), symbols_(std::move(symbols)) {}

  os::MappedFile mapping_;
  std::unique_ptr<const model::ModuleSymbols> symbols_;  // Borrows the mapping.
};

// Whether the file at `path` is the build that crashed, by its build id or what stands for one.
bool IsBuildOf(const std::string& path, const model::Module& module);

}  // namespace cairn::symbols
