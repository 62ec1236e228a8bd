// What the command line asks for.
#pragma once

#include "bench/command.hpp"

#include <optional>

namespace bench {

struct Invocation {
    bool wants_help = false, wants_version = false, wants_config = false, is_quiet = false;
    std::string thread_level;        // empty: as the environment says
    std::optional<Command> command;  // none: all of them
    std::string mistake;             // what is wrong with the command line
};

Invocation read_command_line(std::span<char*> words);

/// Returns the help of the program; of a command, if there is one.
std::string help(const Invocation& given);
/// Returns what the program says when the command line is wrong.
std::string usage(const Invocation& given);

}  // namespace bench
