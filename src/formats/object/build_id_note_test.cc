#include "formats/object/build_id_note.h"

#include <string>

#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::object {
namespace {

// name size 4 | value size 2 | type 3 | "GNU" | ab cd, without its padding
const std::string kNote("\4\0\0\0\2\0\0\0\3\0\0\0GNU\0\xab\xcd", 18);

std::string IdIn(const std::string& notes) { return base::BytesToHex(FindBuildIdNote(base::AsBytes(notes))); }

TEST(BuildIdNote, IsFoundBehindOtherNotes) {
  std::string other = kNote + std::string(2, '\0');
  other[8] = 1;  // NT_GNU_ABI_TAG
  EXPECT_EQ(IdIn(kNote), "abcd");
  EXPECT_EQ(IdIn(other + kNote), "abcd");
  EXPECT_EQ(IdIn(other), "");
}

TEST(BuildIdNote, OfAnotherOwnerIsNone) {
  std::string other = kNote;
  other[12] = 'X';
  EXPECT_EQ(IdIn(other), "");
}

TEST(BuildIdNote, LongerThanAnyIdIsNone) {
  std::string note = kNote.substr(0, 16) + std::string(kMaxBuildIdBytes + 1, 'x');
  note[4] = static_cast<char>(kMaxBuildIdBytes + 1);
  EXPECT_EQ(IdIn(note), "");
}

TEST(BuildIdNote, NoteThatLeavesTheNotesEndsTheSearch) {
  for (std::size_t size = 0; size < kNote.size(); ++size) EXPECT_EQ(IdIn(kNote.substr(0, size)), "") << size;
  std::string wraps = kNote;
  wraps.replace(0, 4, 4, '\xff');  // name size
  EXPECT_EQ(IdIn(wraps + kNote), "");
}

}  // namespace
}  // namespace cairn::object
