#include "bench/invocation.hpp"

#include <algorithm>
#include <utility>

namespace bench {

namespace {

Option help_option(bool& variable) { return flag("-h, --help", "says this", variable); }

std::vector<Option> program_options(Invocation& invocation) {
    const auto level = [&invocation](const char* name) { return [&invocation, name](const std::string&) { invocation.thread_level = name; }; };
    const auto set_level = [&invocation](const std::string& name) {
        constexpr const char* levels[] = {"single", "funneled", "serialized", "multiple"};
        if (std::find(std::begin(levels), std::end(levels), name) == std::end(levels))
            throw UsageError("the thread level is '" + name + "', but must be single, funneled, serialized or multiple");
        invocation.thread_level = name;
    };
    return {flag("-c, --config", "lists the variables of the environment that the library reads; needs no launcher", invocation.wants_config),
            {"--threads", "", "asks MPI for all that threads can do, as --thread-level multiple; the default", level("multiple")},
            {"--no-threads", "", "asks MPI for no threads, as --thread-level single", level("single")},
            {"--thread-level", "LEVEL", "asks MPI for single, funneled, serialized or multiple", set_level},
            quiet(invocation.is_quiet),
            flag("-V, --version", "says the library's version", invocation.wants_version),
            help_option(invocation.wants_help)};
}

void read(std::span<char*> words, Invocation& invocation) {
    words = read_options(words, program_options(invocation));
    if (words.empty())
        return;
    const std::string name = words.front();
    std::vector<Command> commands = all_commands();
    const auto found = std::find_if(commands.begin(), commands.end(), [&name](const Command& one) { return one.name == name; });
    if (found == commands.end())
        throw UsageError("there is no command " + name);
    invocation.command = std::move(*found);
    std::vector<Option> options = invocation.command->options;
    options.push_back(help_option(invocation.wants_help));
    words = read_options(words.subspan(1), options);
    if (!words.empty())
        throw UsageError(name + " takes options only, not " + words.front());
}

std::string program_help() {
    Invocation any;
    std::string text =
        "usage: mpiexec -n RANKS mpi4cxx-bench [OPTIONS] [COMMAND [OPTIONS]]\n"
        "\n"
        "Looks whether MPI works here, and how fast: the first thing to run on a new cluster. Without COMMAND it says what the library,\n"
        "the launcher and the nodes are, runs all commands, and ends with a verdict. It names what is wrong: a launcher of another MPI,\n"
        "processes that are bound to one core, nodes that nobody uses, shared memory that is missing.\n"
        "\nOptions:\n" +
        help_of(program_options(any)) + "\nCommands, each with --help:\n";
    for (const Command& one : all_commands()) text += "      " + one.name + std::string(24 - one.name.size(), ' ') + one.summary + "\n";
    return text +
           "\nExit status: 0 if there is no problem, 1 if there is one, 2 if the command line or a variable is wrong.\n"
           "\nExamples:\n"
           "      mpiexec -n 4 mpi4cxx-bench\n"
           "      srun -N 2 --ntasks-per-node=1 --mpi=pmi2 mpi4cxx-bench pingpong --size 64M\n"
           "      mpi4cxx-bench --config\n";
}

}  // namespace

Invocation read_command_line(std::span<char*> words) {
    Invocation invocation;
    try {
        read(words, invocation);
    } catch (const UsageError& e) {
        invocation.mistake = e.what();
    }
    return invocation;
}

std::string help(const Invocation& given) {
    if (!given.command)
        return program_help();
    return "usage: mpiexec -n RANKS mpi4cxx-bench " + given.command->name + " [OPTIONS]\n\n" + given.command->name + " " + given.command->summary +
           ".\n\nOptions:\n" + help_of(given.command->options);
}

std::string usage(const Invocation& given) {
    return "mpi4cxx-bench: " + given.mistake + "\nusage: mpi4cxx-bench [OPTIONS] " + (given.command ? given.command->name : "[COMMAND]") +
           " [OPTIONS]; `mpi4cxx-bench " + (given.command ? given.command->name + " " : "") + "--help` says more\n";
}

}  // namespace bench
