#include "server/search/dictionary_batch.h"

#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"

namespace cairn::search {
namespace {

TEST(ServerSearchDictionaryBatch, WhatIsKnownIsNotNotedAgain) {
  KnownContent known;
  const CrashRow row = TestRow(1);
  DictionaryBatch first(known);
  EXPECT_TRUE(first.empty());
  first.NoteInput(*row.input);
  EXPECT_FALSE(first.empty());
  EXPECT_TRUE(known.inputs.empty()) << "nothing is known before it is committed";
  first.MergeInto(known);
  EXPECT_EQ(known.frames.size(), 2U);
  EXPECT_EQ(known.addresses.size(), 2U);
  EXPECT_EQ(known.next_address_id, 2);

  DictionaryBatch again(known);
  again.NoteInput(*row.input);
  again.NoteStack(*row.input->parts().stack);
  again.NoteSignature(row.input->id(), row.input->parts().signature);
  EXPECT_TRUE(again.empty());
}

TEST(ServerSearchDictionaryBatch, AStackThatWasLoadedIsComparedOnce) {
  KnownContent known;
  const CrashRow row = TestRow(1);
  DictionaryBatch first(known);
  first.NoteInput(*row.input);
  first.MergeInto(known);
  known.stacks.begin()->second.names_hash = KnownContent::kNotCompared;
  DictionaryBatch second(known);
  second.NoteInput(*row.input);
  EXPECT_TRUE(second.empty());
  second.MergeInto(known);
  EXPECT_EQ(known.stacks.begin()->second.names_hash, row.input->parts().stack->names_hash());
}

TEST(ServerSearchDictionaryBatch, WhatNobodyKnowsIsNotRenamed) {
  const KnownContent known;
  DictionaryBatch batch(known);
  batch.NoteNames(TestRow(1).input->parts().stack->frames()[0]);
  batch.NoteSignature(5, {"a", "b", ""});
  EXPECT_TRUE(batch.empty());
}

}  // namespace
}  // namespace cairn::search
