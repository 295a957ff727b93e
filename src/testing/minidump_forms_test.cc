#include "testing/minidump_forms.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cairn::testing {
namespace {

TEST(MinidumpForms, FieldsLieInsideWhatTheyBelongTo) {
  for (const std::uint32_t type : KnownStreamTypes()) {
    const StreamForm* const form = FormOfStream(type);
    if (form == nullptr) continue;
    EXPECT_EQ(form->type, type);
    EXPECT_FALSE(form->head.empty()) << type;
    EXPECT_EQ(form->record.empty(), form->record_bytes == 0) << type;
    for (const FieldForm& field : form->head) EXPECT_LE(field.offset + field.bytes, form->head_bytes) << type;
    for (const FieldForm& field : form->record) {
      EXPECT_LE(field.offset + field.bytes, form->record_bytes) << type;
    }
    // A list says how many records it has.
    const bool has_count = std::ranges::any_of(
        form->head, [](const FieldForm& field) { return field.meaning == Meaning::kCount; });
    EXPECT_TRUE(has_count || form->record.empty()) << type;
  }
}

TEST(MinidumpForms, AnUnknownTypeHasNone) { EXPECT_EQ(FormOfStream(0x12345678), nullptr); }

}  // namespace
}  // namespace cairn::testing
