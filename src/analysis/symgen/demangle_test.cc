#include "analysis/symgen/demangle.h"

#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

TEST(Demangle, KnowsCxxAndBothKindsOfRust) {
  EXPECT_EQ(Demangle("_ZN1a1bEi"), "a::b(int)");
  EXPECT_EQ(Demangle("_RNvC6_123foo3bar"), "123foo::bar");
  EXPECT_EQ(Demangle("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE"), "core::fmt::Formatter::pad");
}

TEST(Demangle, LegacyRustEscapesAreText) {
  EXPECT_EQ(Demangle("_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$"
                     "3bar17h930b740aa94f1d3aE"),
            "<Test + 'static as foo::Bar<Test>>::bar");
}

TEST(Demangle, ClonesAreMarkedTheGnuWay) {
  EXPECT_EQ(Demangle("_ZN1a1bEi.cold"), "a::b(int) [clone .cold]");
  EXPECT_EQ(Demangle("_ZN1a1bEi.isra.0.cold"), "a::b(int) [clone .isra.0] [clone .cold]");
}

TEST(Demangle, MicrosoftNamesLookLikeThoseOfOtherSystems) {
  EXPECT_EQ(Demangle("?Next@Counter@sample@@QEAAHH@Z"), "sample::Counter::Next(int)");
  EXPECT_EQ(Demangle("?f@@YAXH@Z"), "f(int)");
  EXPECT_EQ(Demangle("?wrong"), "?wrong");
}

TEST(Demangle, RustOfBothManglings) {
  EXPECT_EQ(Demangle("_RNvNtCs1234_7mycrate3foo3bar"), "mycrate::foo::bar");
  EXPECT_EQ(Demangle("_RINvNtC3std3mem8align_ofjdE"), "std::mem::align_of::<usize, f64>");
}

TEST(Demangle, SwiftStays) { EXPECT_EQ(Demangle("$s4main3fooyyF"), "$s4main3fooyyF"); }

TEST(Demangle, OtherNamesStay) {
  EXPECT_EQ(Demangle("main"), "main");
  EXPECT_EQ(Demangle("_Zwrong"), "_Zwrong");
  EXPECT_EQ(Demangle("memcpy.part.0"), "memcpy.part.0");
  EXPECT_EQ(Demangle(""), "");
}

}  // namespace
}  // namespace cairn::symgen
