#include "../catch.hpp"

#include <unistd.h>

TEST_CASE("A case that passes", "[abort]") { CHECK(getpid() > 0); }

TEST_CASE("A case that waits for ever", "[.][abort]") {
    while (true) pause();
}
