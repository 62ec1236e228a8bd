// The commands of mpi4cxx-bench.
#pragma once

#include "bench/command_line.hpp"

namespace bench {

struct Command {
    std::string name, summary;
    std::vector<Option> options;
    /// Does the work, on all processes of a communicator. Prints its table and returns the sentence for the verdict, both on rank 0 alone.
    std::function<std::string(const MPI::Intracomm& comm)> run;
};

Command helloworld();
Command ringtest();
Command pingpong();
Command allreduce();
Command futures();

/// Returns all commands, in the order in which the program runs them if it is given none.
std::vector<Command> all_commands();

/// Returns the option that leaves out a command's table.
Option quiet(bool& variable);
/// Makes the command say nothing but the verdict, as its own option does.
void silence(const Command& command);
/// Returns the option that sets how often something is done, see Rounds.
Option loop(MPI::Count& variable);
/// Returns the option that sets how often something is done before that is measured.
Option skip(MPI::Count& variable);

}  // namespace bench
