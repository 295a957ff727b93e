# DuckDB::duckdb, from the npm packages that tools/npm/package.json pins: the library and its one C header.
#
# The library is copied to lib/ of the build folder, where executables in bin/ and tests/ find it by $ORIGIN/../lib.
# tools/setup installs the packages; a tree where it has not run yet gets them here, by the same command.
set(duckdb_packages ${CMAKE_SOURCE_DIR}/tools/npm/node_modules)
set(duckdb_library ${duckdb_packages}/@duckdb/node-bindings-linux-x64/libduckdb.so)
set(duckdb_headers ${duckdb_packages}/duckdb/src/duckdb/src/include)

if(NOT EXISTS ${duckdb_library} OR NOT EXISTS ${duckdb_headers}/duckdb.h)
  message(STATUS "Installing the packages of tools/npm (npm ci --ignore-scripts)")
  execute_process(COMMAND npm ci --ignore-scripts --no-audit --no-fund WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/tools/npm
                  RESULT_VARIABLE duckdb_npm_result OUTPUT_QUIET)
  if(NOT duckdb_npm_result EQUAL 0)
    message(FATAL_ERROR "DuckDB: npm ci failed in ${CMAKE_SOURCE_DIR}/tools/npm: run tools/setup")
  endif()
endif()

if(NOT TARGET DuckDB::duckdb)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
  file(COPY_FILE ${duckdb_library} ${CMAKE_BINARY_DIR}/lib/libduckdb.so ONLY_IF_DIFFERENT)
  add_library(DuckDB::duckdb SHARED IMPORTED GLOBAL)
  set_target_properties(DuckDB::duckdb PROPERTIES IMPORTED_LOCATION ${CMAKE_BINARY_DIR}/lib/libduckdb.so
                                                  IMPORTED_SONAME libduckdb.so
                                                  INTERFACE_INCLUDE_DIRECTORIES ${duckdb_headers})
endif()
set(DuckDB_FOUND TRUE)
