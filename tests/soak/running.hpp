// What the programs of random traffic say of a round that fails or hangs.
#pragma once

#include <unistd.h>
#include <array>
#include <stdexcept>
#include <string>

inline std::array<char, 256> running{};  // where a round is

[[noreturn]] inline void fail(const std::string& what) { throw std::runtime_error(std::string(running.data()) + ": " + what); }

/// For SIGALRM.
[[noreturn]] inline void hangs(int) {
    [[maybe_unused]] auto said = write(STDERR_FILENO, "hangs: ", 7);
    said = write(STDERR_FILENO, running.data(), std::char_traits<char>::length(running.data()));
    said = write(STDERR_FILENO, "\n", 1);
    _exit(3);
}
