#include <algorithm>
#include <cstdint>
#include <string_view>

#include "analysis/signature/normalize.h"

namespace cairn::signature {

std::string_view CompleteRustFunction(std::string_view file, std::string_view function) {
  struct Row {
    std::string_view path, function, complete;
  };
  // Paths of rust-lang/rust before 2020, when the standard library moved to library/; these functions had no
  // path in the symbols of Rust 1.34.
  static constexpr Row kRows[] = {
      {"src/libcore/panicking.rs", "panic", "core::panicking::panic"},
      {"src/libcore/panicking.rs", "panic_fmt", "core::panicking::panic_fmt"},
      {"src/libcore/panicking.rs", "panic_bounds_check", "core::panicking::panic_bounds_check"},
      {"src/libcore/option.rs", "expect_failed", "core::option::expect_failed"},
      {"src/libcore/slice/mod.rs", "slice_index_order_fail", "core::slice::slice_index_order_fail"},
      {"src/liballoc/raw_vec.rs", "capacity_overflow", "alloc::raw_vec::capacity_overflow"},
      {"src/libstd/panicking.rs", "begin_panic_fmt", "std::panicking::begin_panic_fmt"},
      {"src/libstd/panicking.rs", "continue_panic_fmt", "std::panicking::continue_panic_fmt"},
      {"src/libstd/panicking.rs", "rust_panic_with_hook", "std::panicking::rust_panic_with_hook"},
  };
  const auto* const row = std::ranges::find_if(kRows, [&](const Row& r) { return r.function == function; });
  // Each of the functions has one path, so the file is read for these names only.
  return row != std::ranges::end(kRows) && ParseSourceFile(file) == row->path ? row->complete : function;
}

}  // namespace cairn::signature
