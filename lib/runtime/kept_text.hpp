// What was said last in a thread.
#pragma once

#include <cstdio>

namespace MPI4CXX::detail {

/// A text that a thread keeps, cut if it is long. No std::string, because destructors may call the library when the thread's objects are gone.
class KeptText {
public:
    void keep(const char* text) noexcept { std::snprintf(text_, sizeof text_, "%s", text); }
    [[nodiscard]] const char* text() const noexcept { return text_; }

private:
    char text_[1000] = "";
};

}  // namespace MPI4CXX::detail
