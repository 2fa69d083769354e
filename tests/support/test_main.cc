// Of every test program: tests check what each pass of the compiler leaves behind, in release builds too.
#include <gtest/gtest.h>

#include "base/pass_manager.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  tilewright::passes::verify_each(true);
  return RUN_ALL_TESTS();
}
