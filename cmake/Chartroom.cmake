# How every room of the house is built: one library per folder, its unit tests beside the code.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# A static library need not wait for the ones it uses: its objects compile without them.
set(CMAKE_OPTIMIZE_DEPENDENCIES ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

find_program(CCACHE ccache)
if(CCACHE)
  # Paths count from the source folder, so that another clone of the same code finds what is there.
  set(launcher "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these two at -O2 inside the standard library.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow
                      -Wno-array-bounds -Wno-stringop-overread -Wno-dangling-pointer)
else()
  # clang does not see that it is g++ 12's own std::stable_sort that calls what C++17 deprecated.
  add_compile_options(-Wno-deprecated-declarations)
endif()
# Assertions stay on in release: they guard what input can never cause.
string(REPLACE "-O3 -DNDEBUG" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O2 -g -DNDEBUG" "-O1 -g1" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
add_compile_options(-D_GLIBCXX_ASSERTIONS -fno-omit-frame-pointer)

if(CHARTROOM_SANITIZE)
  add_compile_options("-fsanitize=${CHARTROOM_SANITIZE}" -fno-sanitize-recover=all)
  add_link_options("-fsanitize=${CHARTROOM_SANITIZE}")
endif()
if(CHARTROOM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(LIBSSH REQUIRED IMPORTED_TARGET libssh)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(CJOSE REQUIRED IMPORTED_TARGET cjose)
find_package(simdjson REQUIRED)
find_package(pugixml REQUIRED)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(CAIRO_PDF REQUIRED IMPORTED_TARGET cairo-pdf cairo-svg)
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET libqpdf)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(TIFF REQUIRED IMPORTED_TARGET libtiff-4)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
pkg_check_modules(FMT REQUIRED IMPORTED_TARGET fmt)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)

# Most of a compiler's work on one of our files is the standard library's headers. In batches they
# are read once for eight files: from scratch that halves the time, after a change to one file it
# costs more, so the dev preset leaves it out.
option(CHARTROOM_UNITY "Compile the files of a room in batches" OFF)
function(chartroom_in_batches target)
  set_target_properties(${target} PROPERTIES
    UNITY_BUILD ${CHARTROOM_UNITY} UNITY_BUILD_MODE BATCH UNITY_BUILD_BATCH_SIZE 8)
  if(CHARTROOM_UNITY AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A class with a member from an anonymous namespace: right in a .cpp, but a batch includes those.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
endfunction()

# chartroom_library(NAME name SOURCES ... [DEPS our rooms] [LIBS packages])
# The target is chartroom_<name>; its public include root is src/.
function(chartroom_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  set(target "chartroom_${ARG_NAME}")
  add_library(${target} STATIC ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/src" "${CMAKE_BINARY_DIR}/generated")
  list(TRANSFORM ARG_DEPS PREPEND "chartroom_")
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} ${ARG_LIBS})
  chartroom_in_batches(${target})
endfunction()

# chartroom_test(NAME name SOURCES ... [DEPS our rooms] [LIBS packages]): a GoogleTest binary test_<name>.
function(chartroom_test)
  if(NOT CHARTROOM_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;LIBS" ${ARGN})
  set(target "test_${ARG_NAME}")
  find_package(GTest REQUIRED)
  add_executable(${target} ${ARG_SOURCES})
  list(TRANSFORM ARG_DEPS PREPEND "chartroom_")
  target_link_libraries(${target} PRIVATE ${ARG_DEPS} ${ARG_LIBS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${target} PRIVATE "CHARTROOM_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\"")
  # Tests are run once and compiled often.
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O0)
  endif()
  chartroom_in_batches(${target})
  add_test(NAME ${ARG_NAME} COMMAND ${target})
endfunction()

# chartroom_embed(TARGET room NAMESPACE ns HEADER path FILES ...)
# Puts files into the binary. The generated header <HEADER> holds, in chartroom::<ns>, one
# std::string_view kFileName per file (name in CamelCase: "page.css" becomes kPageCss).
# The target "generated" makes all such headers, for tools that read sources without building them.
add_custom_target(generated)
function(chartroom_embed)
  cmake_parse_arguments(ARG "" "TARGET;NAMESPACE;HEADER" "FILES" ${ARGN})
  set(output "${CMAKE_BINARY_DIR}/generated/${ARG_HEADER}")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND python3 "${CMAKE_SOURCE_DIR}/cmake/embed.py" "${ARG_NAMESPACE}" "${output}" ${ARG_FILES}
    DEPENDS "${CMAKE_SOURCE_DIR}/cmake/embed.py" ${ARG_FILES}
    VERBATIM)
  target_sources("chartroom_${ARG_TARGET}" PRIVATE "${output}")
  string(MAKE_C_IDENTIFIER "${ARG_HEADER}" name)
  add_custom_target("generated_${name}" DEPENDS "${output}")
  add_dependencies(generated "generated_${name}")
endfunction()
