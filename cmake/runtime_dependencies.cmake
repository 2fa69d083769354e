# What the runtime and the worker need: threads, and three libraries of which headers do. These are the same for every
# machine, so that a cross compiler can use this machine's; a link each, as the folder around them holds headers that it
# must not see.
find_package(Threads REQUIRED)
foreach(library fmt nlohmann)
  find_path(TW_${library}_HEADERS ${library} PATHS /usr/include /usr/local/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/headers/${library})
  file(CREATE_LINK ${TW_${library}_HEADERS}/${library} ${PROJECT_BINARY_DIR}/headers/${library}/${library} SYMBOLIC)
endforeach()
add_library(fmt::fmt INTERFACE IMPORTED)
target_include_directories(fmt::fmt INTERFACE ${PROJECT_BINARY_DIR}/headers/fmt)
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY=1)
add_library(nlohmann_json::nlohmann_json INTERFACE IMPORTED)
target_include_directories(nlohmann_json::nlohmann_json INTERFACE ${PROJECT_BINARY_DIR}/headers/nlohmann)
find_path(TW_xxhash_HEADERS xxhash.h PATHS /usr/include /usr/local/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/headers/xxhash)
file(CREATE_LINK ${TW_xxhash_HEADERS}/xxhash.h ${PROJECT_BINARY_DIR}/headers/xxhash/xxhash.h SYMBOLIC)
add_library(xxhash_header INTERFACE)
target_include_directories(xxhash_header SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/headers/xxhash)
