#include "server/symbol_store/content_digest.h"

#include <gtest/gtest.h>

namespace cairn::symbol_store {
namespace {

TEST(ContentDigestTest, PiecesAreDigestedAsOne) {
  ContentDigest digest;
  digest.Add(base::AsBytes("ab"));
  digest.Add({});
  digest.Add(base::AsBytes("c"));
  const Content content = digest.Finish();
  EXPECT_EQ(content.size, 3U);
  EXPECT_EQ(content.md5, "900150983cd24fb0d6963f7d28e17f72");  // RFC 1321, A.5.
  // FIPS 180-2, B.1.
  EXPECT_EQ(content.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace cairn::symbol_store
