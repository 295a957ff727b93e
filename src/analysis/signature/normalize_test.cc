#include "analysis/signature/normalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::signature {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

const SignatureLists& NoLists() {
  static const SignatureLists lists = *SignatureLists::Create({});
  return lists;
}

std::string Cpp(std::string_view function) { return NormalizeCppFunction(function, 0, NoLists()); }
std::string Rust(std::string_view function) { return NormalizeRustFunction(function, 0, NoLists()); }

TEST(NormalizeTest, CppLosesReturnTypeParametersAndTemplateArguments) {
  EXPECT_EQ(Cpp("int shop::Till<int, 3>::Add(std::vector<int> const&, int (*)(char))"), "shop::Till<T>::Add");
  EXPECT_EQ(Cpp("static unsigned int * Count(void *)"), "Count");
  EXPECT_EQ(Cpp("main"), "main");
  EXPECT_EQ(Cpp(""), "");
}

TEST(NormalizeTest, CppLosesQualifiersAtTheEnd) {
  EXPECT_EQ(Cpp("Till::Sum() const"), "Till::Sum");
  EXPECT_EQ(Cpp("Till::Sum() const&"), "Till::Sum");
  EXPECT_EQ(Cpp("Till::Sum() const &"), "Till::Sum");
  EXPECT_EQ(Cpp("Till::Sum() &&"), "Till::Sum");
}

TEST(NormalizeTest, CppKeepsOperators) {
  EXPECT_EQ(Cpp("Price::operator<(Price const&) const"), "Price::operator<");
  EXPECT_EQ(Cpp("Price::operator<=>(Price const&) const"), "Price::operator<=>");
  EXPECT_EQ(Cpp("Box<int>::operator->() const"), "Box<T>::operator->");
  EXPECT_EQ(Cpp("Job<int>::operator()(int, char) const"), "Job<T>::operator()");
  EXPECT_EQ(Cpp("Price::operator unsigned long const &()"), "Price::operator unsigned long const&");
}

TEST(NormalizeTest, CppKeepsAnonymousNamespacesUnderOneName) {
  EXPECT_EQ(Cpp("(anonymous namespace)::Read(int)"), "(anonymous namespace)::Read");
  EXPECT_EQ(Cpp("`anonymous namespace'::Read"), "(anonymous namespace)::Read");
}

TEST(NormalizeTest, CppForgetsTheNumbersOfClangsLambdas) {
  EXPECT_EQ(Cpp("Work()::$_12::operator()() const"), "Work::$::operator()");
  EXPECT_EQ(Cpp("Work::$_12"), "Work::$_12");
  EXPECT_EQ(Cpp("Work::$_::x"), "Work::$_::x");
}

TEST(NormalizeTest, CppColdPartIsItsFunction) {
  EXPECT_EQ(Cpp("Read(int) [clone .cold]"), "Read ");  // The signature's last rule trims it.
  EXPECT_EQ(Cpp("Read(int) [clone .isra.3]"), "Read [clone .isra.3]");
}

TEST(NormalizeTest, BracketsThatMatchNothingAreCharacters) {
  EXPECT_EQ(DropPrefixAndReturnType("int (a>b c) f"), "f");
  EXPECT_EQ(DropPrefixAndReturnType("void f(A->B const) (int) "), "f(A->B const) (int)");
  EXPECT_EQ(DropPrefixAndReturnType("void  "), "");
  EXPECT_EQ(DropPrefixAndReturnType("f "), "f");
}

TEST(NormalizeTest, CppSpacesAreFixed) { EXPECT_EQ(Cpp("A::operator B<C> , D *"), "A::operator B<T>, D*"); }

TEST(NormalizeTest, SpaceStandsBehindEachComma) {
  EXPECT_EQ(Cpp("{a,b ,c, *, & ,, }"), "{a, b, c, *, &, , }");
  EXPECT_EQ(Rust("a,"), "a, ");
}

TEST(NormalizeTest, UnclosedBracketsTakeTheRest) {
  EXPECT_EQ(Cpp("Foo<int"), "Foo<T>");
  EXPECT_EQ(Cpp("Foo(int"), "Foo");
  EXPECT_EQ(Cpp("Foo>"), "Foo>");
}

TEST(NormalizeTest, NestingWithoutEndIsCut) {
  std::string name;
  for (int i = 0; i < 100'000; ++i) name += "IPC::ParamTraits<";
  name.append(100'000, '>');
  EXPECT_TRUE(CollapseTypes(name).ends_with("IPC::ParamTraits<T>>>>>>>>>"));
}

TEST(NormalizeTest, RustLosesItsHashAndKeepsTraits) {
  EXPECT_EQ(Rust("shop::till::open::h0123456789abcdef"), "shop::till::open");
  EXPECT_EQ(Rust("shop::till::open::hello"), "shop::till::open::hello");
  EXPECT_EQ(Rust("<shop::Till<u8> as core::ops::Drop>::drop"), "<shop::Till<u8> as core::ops::Drop>::drop");
  EXPECT_EQ(Rust("static void shop::add<u8>(u8*)"), "shop::add<T>");
  EXPECT_EQ(Rust("shop::open::{{closure}}"), "shop::open::{{closure}}");
}

TEST(NormalizeTest, LineNumberGoesToFunctionsThatAskForIt) {
  const SignatureLists lists = *SignatureLists::Create({.line_numbers = {"Interpret$"}});
  EXPECT_EQ(NormalizeCppFunction("void Interpret(int)", 17, lists), "Interpret:17");
  EXPECT_EQ(NormalizeCppFunction("void Interpret(int)", 0, lists), "Interpret:None");
  EXPECT_EQ(NormalizeCppFunction("void InterpretAll(int)", 17, lists), "InterpretAll");
  EXPECT_EQ(NormalizeRustFunction("Interpret", 17, lists), "Interpret:17");
}

TEST(NormalizeTest, FrameIsNamedByTheBestThatIsKnown) {
  EXPECT_EQ(NormalizeFrame({"lib.so", "f(int)", "a.cc", 3, "0x10", "old.dll"}, NoLists()), "f");
  EXPECT_EQ(NormalizeFrame({"lib.so", "", "/x/a.cc", 3, "0x10", "old.dll"}, NoLists()), "a.cc#3");
  EXPECT_EQ(NormalizeFrame({"lib.so", "", "/x/a.cc", 0, "0x10", "old.dll"}, NoLists()), "lib.so");
  EXPECT_EQ(NormalizeFrame({"[vdso]", "", "", 0, "0x10", "old.dll"}, NoLists()), "vdso");
  EXPECT_EQ(NormalizeFrame({"", "", "", 0, "0x10", "old.dll"}, NoLists()), "(unloaded old.dll)");
  EXPECT_EQ(NormalizeFrame({"", "", "", 0, "0x0000000000FF10", ""}, NoLists()), "@0xff10");
  EXPECT_EQ(NormalizeFrame({"", "", "", 0, "0x0000000000000000", ""}, NoLists()), "@0x0");
  EXPECT_EQ(NormalizeFrame({"", "", "", 0, "zz", ""}, NoLists()), "@zz");
  EXPECT_EQ(NormalizeFrame({}, NoLists()), "");
}

TEST(NormalizeTest, FileAndLineIsTheBaseName) {
  EXPECT_EQ(NormalizeFrame({"", "", "c:\\x\\a.cc", 3, "", ""}, NoLists()), "a.cc#3");
  EXPECT_EQ(NormalizeFrame({"", "", "x/", 3, "", ""}, NoLists()), "x#3");
  EXPECT_EQ(NormalizeFrame({"", "", "hg:server/repo:b/c.cpp:rev", 3, "", ""}, NoLists()), "c.cpp:rev#3");
}

TEST(NormalizeTest, RustIsKnownByItsSourceFile) {
  EXPECT_EQ(NormalizeFrame({"", "f::h01", "/src/a.rs", 0, "", ""}, NoLists()), "f");
  EXPECT_EQ(NormalizeFrame({"", "f::h01", "git:server/repo:src/a.rs:rev", 0, "", ""}, NoLists()), "f");
  EXPECT_EQ(NormalizeFrame({"", "f::h01", "src/a.rs", 0, "", ""}, NoLists()), "f::h01");
}

TEST(NormalizeTest, SourceFileIsThePathWithinItsRepository) {
  EXPECT_EQ(ParseSourceFile("git:server/repo:src/a.rs:rev"), "src/a.rs");
  EXPECT_EQ(ParseSourceFile("c:\\x\\a.cc"), "\\x\\a.cc");
  EXPECT_EQ(ParseSourceFile("/x/a.cc"), "/x/a.cc");
  EXPECT_EQ(ParseSourceFile("a.cc"), "");
  EXPECT_EQ(ParseSourceFile("a:b:c"), "");
  EXPECT_EQ(ParseSourceFile("a:b:c:d:e"), "");
  EXPECT_EQ(ParseSourceFile("/a:b:c:d:e"), "/a:b:c:d:e");
}

TEST(NormalizeTest, EnclosedPartsAreTheOutermost) {
  EXPECT_THAT(FindEnclosed("a<b<c>>d<e>", '<', '>'), ElementsAre(Pair(1, 7), Pair(8, 11)));
  EXPECT_THAT(FindEnclosed("a<b", '<', '>'), ElementsAre(Pair(1, 3)));
  EXPECT_THAT(FindEnclosed("a>b", '<', '>'), IsEmpty());
}

TEST(NormalizeTest, OldRustPanicsGetTheirPath) {
  EXPECT_EQ(CompleteRustFunction("git:github.com/rust-lang/rust:src/libcore/panicking.rs:1", "panic_fmt"),
            "core::panicking::panic_fmt");
  EXPECT_EQ(CompleteRustFunction("/a.rs", "panic_fmt"), "panic_fmt");
  EXPECT_EQ(CompleteRustFunction("", ""), "");
}

}  // namespace
}  // namespace cairn::signature
