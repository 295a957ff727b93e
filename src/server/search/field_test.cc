#include "server/search/field.h"

#include <gtest/gtest.h>

namespace cairn::search {
namespace {

TEST(ServerSearchField, EveryFieldIsFoundByItsNameAndItsId) {
  for (const Field& field : Fields()) {
    EXPECT_EQ(FindField(field.name), &field) << field.name;
    EXPECT_EQ(&FieldOf(field.id), &field) << field.name;
    EXPECT_FALSE(field.description.empty()) << field.name;
  }
}

TEST(ServerSearchField, UnknownNamesAreNotFound) {
  EXPECT_EQ(FindField(""), nullptr);
  EXPECT_EQ(FindField("signatures"), nullptr);
  EXPECT_EQ(FindField("Signature"), nullptr);
}

}  // namespace
}  // namespace cairn::search
