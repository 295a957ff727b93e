# cairn_module(FOLDER [NEEDS_SERVICES] [DEPS folder...] [LINK library...]) makes one library of one folder of src/.
#
# The library is called cairn_FOLDER with slashes as underscores. Beside it the function makes, from the files that
# lie in the folder: one test program of all *_test.cc, one fuzzer per *_fuzz.cc, one program per *_bench.cc (in
# bench/ of the build folder, not built by default), a check that each header compiles alone, and nothing else. DEPS
# are folders of src/ (the same as in tools/layers.txt), LINK are outside libraries.
# TEST_DEPS and TEST_LINK are what only the tests need. NEEDS_SERVICES says of a folder with fuzzers that its tests
# need stores, servers or other processes: only its fuzzers are run by tools/asan_parsers.

find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(Threads REQUIRED)

add_library(cairn_options INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 warns falsely of overlapping copies inside std::string (GCC bug 105651).
  target_compile_options(cairn_options INTERFACE -Wno-restrict)
endif()
target_compile_options(cairn_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror
                                               -Wno-missing-field-initializers
                                               -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Behind -Wpedantic, which would turn them on again. std::stable_sort of GCC 12's library calls what it has itself
  # marked deprecated, and the macros of seccomp.h make compound literals.
  target_compile_options(cairn_options INTERFACE -Wno-deprecated-declarations -Wno-c99-extensions)
endif()
target_compile_definitions(cairn_options INTERFACE _GLIBCXX_ASSERTIONS _FILE_OFFSET_BITS=64)
target_include_directories(cairn_options INTERFACE ${CMAKE_SOURCE_DIR}/src ${CMAKE_BINARY_DIR}/generated)
if(CAIRN_SANITIZE)
  add_compile_options(-fsanitize=${CAIRN_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CAIRN_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # What the sanitizers add makes GCC 12 see uninitialised moves inside std::variant, and it warns of every fence that
    # ThreadSanitizer does not model (Asio has them beside its locks).
    add_compile_options(-Wno-maybe-uninitialized -Wno-tsan)
  endif()
endif()
if(CAIRN_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# GoogleTest's headers take longer to compile than most tests. Every test program shares one precompiled copy; the
# presets with sanitizers build without it, so that a test that lacks an include is found.
add_executable(cairn_test_pch EXCLUDE_FROM_ALL ${CMAKE_SOURCE_DIR}/cmake/pch/empty.cc)
target_link_libraries(cairn_test_pch PRIVATE cairn_options GTest::gtest GTest::gmock)
target_compile_definitions(cairn_test_pch PRIVATE CAIRN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" CAIRN_BINARY_DIR="${CMAKE_BINARY_DIR}")
target_precompile_headers(cairn_test_pch PRIVATE ${CMAKE_SOURCE_DIR}/cmake/pch/test.h)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # ccache asks for -fpch-preprocess. What a test itself does need not be fast: -O0 compiles twice as quickly.
  set(CAIRN_TEST_OPTIONS -fpch-preprocess -O0 -pthread)
endif()
target_compile_options(cairn_test_pch PRIVATE ${CAIRN_TEST_OPTIONS})

function(cairn_target_name out folder)
  string(REPLACE "/" "_" name ${folder})
  set(${out} cairn_${name} PARENT_SCOPE)
endfunction()

# cairn_archive(VARIABLE libNAME.a LIBRARY) gives what to link: the archive where there is one, else the library.
function(cairn_archive variable archive library)
  find_library(CAIRN_${archive} NAMES ${archive})
  if(CAIRN_${archive})
    set(${variable} ${CAIRN_${archive}} PARENT_SCOPE)
  else()
    set(${variable} ${library} PARENT_SCOPE)
  endif()
endfunction()

# With CAIRN_PARSERS_ONLY the files that parser_tests needs, and of a folder no others are built.
if(CAIRN_PARSERS_ONLY)
  execute_process(COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/parser_sources
                  OUTPUT_VARIABLE CAIRN_PARSER_SOURCES COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "[^\n]+" "${CMAKE_SOURCE_DIR}/\\0" CAIRN_PARSER_SOURCES "${CAIRN_PARSER_SOURCES}")
  string(REPLACE "\n" ";" CAIRN_PARSER_SOURCES "${CAIRN_PARSER_SOURCES}")
endif()

function(cairn_module folder)
  cmake_parse_arguments(ARG "NEEDS_SERVICES" "" "DEPS;LINK;TEST_DEPS;TEST_LINK" ${ARGN})
  cairn_target_name(target ${folder})
  set(dir ${CMAKE_SOURCE_DIR}/src/${folder})
  file(GLOB sources CONFIGURE_DEPENDS ${dir}/*.cc)
  file(GLOB headers CONFIGURE_DEPENDS ${dir}/*.h)
  file(GLOB tests CONFIGURE_DEPENDS ${dir}/*_test.cc)
  file(GLOB fuzzers CONFIGURE_DEPENDS ${dir}/*_fuzz.cc)
  file(GLOB benches CONFIGURE_DEPENDS ${dir}/*_bench.cc)
  list(REMOVE_ITEM sources ${tests} ${fuzzers} ${benches} "")
  if(CAIRN_PARSERS_ONLY)
    set(unneeded ${sources})
    list(REMOVE_ITEM unneeded ${CAIRN_PARSER_SOURCES} "")
    list(REMOVE_ITEM sources ${unneeded} "")
    if(unneeded AND NOT sources)
      set(sources ${CMAKE_SOURCE_DIR}/cmake/pch/empty.cc)
    endif()
  endif()

  set(deps)
  foreach(dep ${ARG_DEPS})
    cairn_target_name(dep_target ${dep})
    list(APPEND deps ${dep_target})
  endforeach()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC cairn_options ${deps} ${ARG_LINK})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE cairn_options ${deps} ${ARG_LINK})
  endif()
  cairn_check_headers(${target} "${headers}" "${deps};${ARG_LINK}")

  set(test_deps)
  foreach(dep ${ARG_TEST_DEPS})
    cairn_target_name(dep_target ${dep})
    list(APPEND test_deps ${dep_target})
  endforeach()
  # A folder with a fuzzer reads untrusted bytes: its tests run under ASan as well (tools/asan_parsers).
  set(labels)
  if(fuzzers AND NOT ARG_NEEDS_SERVICES)
    set(labels parsers)
  endif()
  if(tests)
    cairn_test(${target}_test SOURCES ${tests} LINK ${target} ${test_deps} ${ARG_TEST_LINK} LABELS ${labels})
    if(labels)
      set_property(GLOBAL APPEND PROPERTY CAIRN_PARSER_TESTS ${target}_test)
    endif()
  endif()
  foreach(fuzzer ${fuzzers})
    get_filename_component(name ${fuzzer} NAME_WE)
    cairn_fuzzer(${name} ${fuzzer} ${target} ${test_deps} ${ARG_TEST_LINK})
  endforeach()
  foreach(bench ${benches})
    get_filename_component(name ${bench} NAME_WE)
    add_executable(${name} EXCLUDE_FROM_ALL ${bench})
    target_link_libraries(${name} PRIVATE ${target} ${test_deps} benchmark::benchmark)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    set_property(GLOBAL APPEND PROPERTY CAIRN_BENCHES ${name})
  endforeach()
endfunction()

# One harness: under libFuzzer where the preset says so, else under sanitizers with fuzz/driver.cc as a short test over
# its corpus. Without sanitizers most faults would pass unseen, so the other presets leave harnesses out.
if(CAIRN_SANITIZE AND NOT CAIRN_FUZZERS)
  add_library(cairn_fuzz_driver OBJECT ${CMAKE_SOURCE_DIR}/fuzz/driver.cc)
  target_link_libraries(cairn_fuzz_driver PRIVATE cairn_options)
endif()
function(cairn_fuzzer name source)
  if(NOT CAIRN_SANITIZE)
    # Compiled with the tests, so that a harness does not fall behind what it is for.
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name} PRIVATE ${ARGN})
    set_property(GLOBAL APPEND PROPERTY CAIRN_TEST_PROGRAMS ${name})
    return()
  endif()
  if(CAIRN_FUZZERS)
    add_executable(${name} ${source})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  else()
    add_executable(${name} EXCLUDE_FROM_ALL ${source})
    target_link_libraries(${name} PRIVATE cairn_fuzz_driver)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name} ${CMAKE_SOURCE_DIR}/fuzz/corpora/${name})
    set_tests_properties(${name} PROPERTIES LABELS parsers TIMEOUT 300)
    set_property(GLOBAL APPEND PROPERTY CAIRN_PARSER_TESTS ${name})
  endif()
  target_link_libraries(${name} PRIVATE ${ARGN})
endfunction()

# No header leans on what came before it: x.cc includes x.h first (tools/check_layers), which proves x.h whenever the
# folder is built; every other header is compiled as the only include of a source file.
function(cairn_check_headers target headers link)
  set(units)
  foreach(header ${headers})
    file(RELATIVE_PATH path ${CMAKE_SOURCE_DIR}/src ${header})
    string(REGEX REPLACE "[.]h$" ".cc" own_source ${header})
    if(EXISTS ${own_source})
      continue()
    endif()
    string(REGEX REPLACE "[/.]" "_" unit ${path})
    set(unit ${CMAKE_BINARY_DIR}/headers/${unit}.cc)
    file(CONFIGURE OUTPUT ${unit} CONTENT "#include \"${path}\"\n" @ONLY)
    list(APPEND units ${unit})
  endforeach()
  if(units)
    add_library(${target}_headers OBJECT ${units})
    target_compile_options(${target}_headers PRIVATE -fsyntax-only)
    target_link_libraries(${target}_headers PRIVATE cairn_options ${link})
    set_target_properties(${target}_headers PROPERTIES EXCLUDE_FROM_ALL ON)
    set_property(GLOBAL APPEND PROPERTY CAIRN_HEADER_CHECKS ${target}_headers)
  endif()
endfunction()

# cairn_test(NAME SOURCES file... LINK library... [LABELS label...]) adds a GoogleTest program; ctest sees each test.
function(cairn_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LABELS;ENVIRONMENT" ${ARGN})
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  set_property(GLOBAL APPEND PROPERTY CAIRN_TEST_PROGRAMS ${name})
  target_link_libraries(${name} PRIVATE cairn_options ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM cairn_test_pch)
  target_compile_options(${name} PRIVATE ${CAIRN_TEST_OPTIONS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${name} PRIVATE CAIRN_SOURCE_DIR="${CMAKE_SOURCE_DIR}" CAIRN_BINARY_DIR="${CMAKE_BINARY_DIR}")
  include(GoogleTest)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 120 LABELS "${ARG_LABELS}")
endfunction()
