# Warnings, sanitizers, compiler cache and linker: the same for every target of ours.
add_library(tilewright_warnings INTERFACE)
target_compile_options(tilewright_warnings INTERFACE -Wall -Wextra -Wpedantic
                       $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>
                       # a unity file includes sources: what is in an anonymous namespace there is in no header
                       $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:${TILEWRIGHT_UNITY}>>:-Wno-subobject-linkage> -Wno-missing-field-initializers)
option(TILEWRIGHT_WERROR "warnings are errors" OFF)
if(TILEWRIGHT_WERROR)
  target_compile_options(tilewright_warnings INTERFACE -Werror)
endif()

set(TILEWRIGHT_SANITIZE "" CACHE STRING "sanitizers to build with, e.g. address,undefined or thread")
if(TILEWRIGHT_SANITIZE)
  add_compile_options(-fsanitize=${TILEWRIGHT_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TILEWRIGHT_SANITIZE})
endif()
# For programs that lower schedules by the thousand: with glibc's, a third of that time is allocation. A sanitizer has its own.
add_library(tilewright_allocator INTERFACE)
if(NOT TILEWRIGHT_SANITIZE AND NOT TILEWRIGHT_RUNTIME_ONLY)
  target_sources(tilewright_allocator INTERFACE ${PROJECT_SOURCE_DIR}/src/allocator/operator_new.cc)
  target_link_libraries(tilewright_allocator INTERFACE mimalloc)
endif()
if(TILEWRIGHT_FUZZER)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "libFuzzer comes with clang: cmake --preset fuzz, or CMAKE_CXX_COMPILER=clang++ (packages: clang-19 libclang-rt-19-dev)")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CROSSCOMPILING)
  add_link_options(-fuse-ld=mold)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")

# tw_readers(FILE…): sources that read what anybody may have written. No count or size changes its type unnoticed there.
function(tw_readers)
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "-Wconversion;-Werror=conversion")
endfunction()
