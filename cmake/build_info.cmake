# Writes OUTPUT, the values of src/apps/build_info.h. Run by the build whenever the commit may be another:
#   cmake -DOUTPUT=... -DVERSION=... -DREPOSITORY=... -DCOMMIT=... -DSOURCE_URL=... -DBUILD_URL=... -P build_info.cmake
# COMMIT is what the packager says; without it, git is asked, and without git the commit is unknown.
if(NOT COMMIT)
  find_program(GIT git)
  if(GIT)
    execute_process(COMMAND ${GIT} -C ${REPOSITORY} rev-parse --verify HEAD OUTPUT_VARIABLE COMMIT
                    OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT [=[
#include "apps/build_info.h"

namespace cairn::apps {
const BuildInfo kBuildInfo = {"@SOURCE_URL@", "@VERSION@", "@COMMIT@", "@BUILD_URL@"};
}  // namespace cairn::apps
]=])
