// LateNames are the names of frames whose module had no symbols when the crash was processed, and has now.
//
// The document stays as it is; names are looked up when it is shown, in symbols that are here already. A
// frame is one of them if the dump says that its symbols are missing and it has no function. Limits hold for
// each dump: frames beyond them stay as they were.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analysis/symbolication/names.h"
#include "model/address.h"

namespace cairn::api {

inline constexpr std::size_t kMaxLateModules = 64;
inline constexpr std::size_t kMaxLateAddresses = 20'000;

// The names of a module by its debug file and id, or null. Does not wait for another server.
using FindNames = std::function<std::shared_ptr<const symbolication::ModuleNames>(
    const std::string& debug_file, const std::string& debug_id)>;

class LateNames {
 public:
  // Of a walked dump. Without `find` no frame gets a name.
  static LateNames Of(simdjson::dom::element dump, const FindNames& find);

  // What is known of a frame or a module of the dump.
  struct Found {
    bool has_symbols = false;  // It, or its module, has some now.
    bool is_module = false;
    const symbolication::NamedAddress* name = nullptr;  // Of a frame.
  };
  // Of any object of the dump. Borrows from this.
  Found Find(simdjson::dom::object object) const;

  bool empty() const { return modules_.empty(); }

 private:
  struct Module {
    std::uint64_t end = 0;
    std::string debug_file;
    std::string debug_id;
    std::vector<model::ModuleOffset> offsets;  // Ascending, once they are named.
    bool has_symbols = false;
    symbolication::NamedAddresses named;
  };
  // By the address of their first byte.
  using Modules = std::map<std::uint64_t, Module>;

  void Collect(simdjson::simdjson_result<simdjson::dom::element> frames);

  Modules modules_;                       // Those without symbols then.
  std::vector<Modules::iterator> order_;  // In which frames name them, while they are collected.
  std::size_t address_count_ = 0;
};

}  // namespace cairn::api
