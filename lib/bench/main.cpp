// mpi4cxx-bench: whether MPI works here, and how fast.
#include "bench/invocation.hpp"
#include "bench/report.hpp"

#include <cstdio>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace bench {

namespace {

constexpr int has_problem = 1, is_misused = 2;

/// Prints what needs no MPI, once.
int answer(const Invocation& given) {
    if (MPI::get_launcher().rank != 0)
        return EXIT_SUCCESS;
    if (given.wants_config)
        return print_config() ? is_misused : EXIT_SUCCESS;
    if (given.wants_version)
        std::printf("mpi4cxx-bench %d.%d.%d\n", MPI4CXX_VERSION_MAJOR, MPI4CXX_VERSION_MINOR, MPI4CXX_VERSION_PATCH);
    else
        std::fputs(help(given).c_str(), stdout);
    return EXIT_SUCCESS;
}

/// Returns whether the library's variables have values that are allowed; says if one has not.
bool is_configured() {
    bool result = true;
    for (const MPI::Setting& one : MPI::get_settings())
        if (const std::string problem = one.problem(); !problem.empty()) {
            std::fprintf(stderr, "mpi4cxx-bench: %s\n", problem.c_str());
            result = false;
        }
    return result;
}

/// Throws an error that names the option for the size.
[[noreturn]] void refuse_size(const Command& command) {
    for (const Option& one : command.options)
        if (one.names.starts_with("-n, "))
            throw std::runtime_error(command.name + ": there is no memory for this value of " + one.names);
    throw;
}

std::string run_one(const Command& command, const MPI::Intracomm& comm) {
    try {
        return command.run(comm);
    } catch (const std::bad_alloc&) {
        refuse_size(command);
    } catch (const std::length_error&) {
        refuse_size(command);
    }
}

/// Runs the command, or all. Returns the program's exit status, the same on all processes.
int run(const MPI::Intracomm& comm, const Invocation& given) {
    const std::vector<Place> places = places_of(comm);
    const MPI::Launcher launcher = MPI::get_launcher();
    const Findings found = examine(places);
    const bool prints = comm.rank() == 0, prints_all = prints && !given.command && !given.is_quiet;
    if (prints_all)
        print_machine(places, launcher);
    std::vector<std::string> sentences;
    for (const Command& one : given.command ? std::vector{*given.command} : all_commands()) {
        if (given.is_quiet)
            silence(one);
        if (prints_all)
            std::printf("\n");
        sentences.push_back(run_one(one, comm));
        std::fflush(stdout);
    }
    if (prints)
        print_verdict(found, sentences, launcher, comm.size());
    return comm.bcast(found.problems.empty() ? EXIT_SUCCESS : has_problem, 0);
}

int start(const Invocation& given) {
    if (!given.thread_level.empty())
        setenv("MPI4CXX_THREAD_LEVEL", given.thread_level.c_str(), 1);
    if (!is_configured())
        return is_misused;
    const MPI::Environment environment;
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::string problem = alone(MPI::get_launcher(), comm.size());
    // A launcher ends the job when the first process fails. So none fails before the one that speaks has spoken: of processes that are each alone,
    // the others never do.
    if (!problem.empty() && MPI::get_launcher().rank != 0)
        return EXIT_SUCCESS;
    if (!given.mistake.empty()) {
        if (comm.rank() == 0)
            std::fputs(usage(given).c_str(), stderr);
        comm.Barrier();
        return is_misused;
    }
    if (problem.empty())
        return run(comm, given);
    print_verdict({{problem}, {}}, {}, MPI::get_launcher(), comm.size());
    return has_problem;
}

}  // namespace

}  // namespace bench

int main(int argc, char** argv) {
    const bench::Invocation given = bench::read_command_line({argv + 1, argv + (argc > 0 ? argc : 1)});
    const bool is_question = given.wants_help || given.wants_version || given.wants_config;
    return given.mistake.empty() && is_question ? bench::answer(given) : bench::start(given);
}
