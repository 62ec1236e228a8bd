// What must be refused before MPI is called.
#pragma once

#include "support.hpp"

#include <stdexcept>
#include <string>

/// Checks that `f` is refused before MPI is called, by a sentence that has `part`.
template <class F> void refused(const std::string& part, F f) {
    const std::string text = thrown<std::invalid_argument>(f);
    INFO(text);
    CHECK(contains(text, part));
}
