// Another symbol server, as an operator names it.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::symbol_lookup {

enum class UpstreamKind : std::uint8_t {
  kBreakpad,    // Symbol files at NAME/ID/NAME.sym.
  kSymstore,    // PDB files at NAME.pdb/ID/NAME.pdb.
  kDebuginfod,  // Debug files and programs at buildid/ID.
};

struct Upstream {
  std::string url;
  UpstreamKind kind = UpstreamKind::kBreakpad;
};

}  // namespace cairn::symbol_lookup
