// What launchers say in the environment.
#include <mpi4cxx/environment.hpp>

#include <mpi4cxx/detail/mpi/platform.hpp>

#include <cstdlib>

namespace MPI4CXX {

namespace {

struct Variables {
    const char *size, *rank, *launcher, *instead;
};

// srun sets the variables of an MPI's launcher too, so it comes first.
constexpr Variables launchers[] = {
    {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun", "add --mpi=pmi2 (MPICH) or --mpi=pmix (Open MPI)"},
    {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "Open MPI's mpiexec",
     detail::is_standard_abi
         ? "start it with MPICH's, mpiexec.mpich on Debian, or put the folder of Open MPI's libmpi_abi.so.1 first in LD_LIBRARY_PATH"
         : "start it with MPICH's, mpiexec.mpich on Debian"},
    {"PMI_SIZE", "PMI_RANK", "MPICH's mpiexec",
     detail::is_standard_abi
         ? "start it with Open MPI's, mpiexec.openmpi on Debian, or put the folder of MPICH's libmpi_abi.so.1 first in LD_LIBRARY_PATH"
         : "start it with Open MPI's, mpiexec.openmpi on Debian"}};

int number(const char* variable) noexcept {
    const char* const value = std::getenv(variable);
    return value == nullptr ? 0 : std::atoi(value);
}

}  // namespace

Launcher get_launcher() noexcept {
    Launcher found{"", 1, 0, ""};
    for (const Variables& one : launchers)
        if (const int size = number(one.size); size > found.size || (size == 1 && *found.name == '\0'))
            found = {one.launcher, size, number(one.rank), one.instead};
    return found;
}

}  // namespace MPI4CXX
