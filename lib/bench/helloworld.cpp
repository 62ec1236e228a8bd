#include "bench/command.hpp"
#include "bench/units.hpp"

#include <cstdio>
#include <memory>

namespace bench {

namespace {

struct Parameters {
    bool is_quiet = false;
};

std::string run(const MPI::Intracomm& comm, const Parameters& given) {
    const int size = comm.size();
    const int width = static_cast<int>(std::to_string(size - 1).size());
    const std::string line = formatted("Hello, World! I am process %*d of %d on %s.\n", width, comm.rank(), size, MPI::Get_processor_name().c_str());
    for (const std::string& one : comm.gather(line, 0))  // in the order of ranks, whatever the launcher does with their output
        if (!given.is_quiet)
            std::fputs(one.c_str(), stdout);
    return "all of " + count_text(size, "process", "processes") + " answer";
}

}  // namespace

Command helloworld() {
    const auto given = std::make_shared<Parameters>();
    return {
        "helloworld", "prints a line of each process", {quiet(given->is_quiet)}, [given](const MPI::Intracomm& comm) { return run(comm, *given); }};
}

}  // namespace bench
