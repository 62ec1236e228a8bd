// Computes for rank 0, which may be a rank of Python: mpiexec -n 1 python3 steer.py : -n 3 ./python_ranks
//     for rank in range(1, comm.size): comm.send({"steps": 100, "dt": 0.5}, dest=rank)
//     fields = [comm.recv(source=rank) for rank in range(1, comm.size)]

#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/python.hpp>

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace MPI = mpi4cxx;

struct Plan {
    int steps;
    double dt;
};

std::vector<double> compute(const Plan& plan) {
    std::vector<double> field(static_cast<std::size_t>(plan.steps));
    for (std::size_t i = 0; i < field.size(); ++i) field[i] = plan.dt * static_cast<double>(i);
    return field;
}

int main(int argc, char** argv) {
    const MPI::Environment environment(argc, argv);
    const MPI::PickleComm py(MPI::COMM_WORLD);
    if (py.rank() != 0) {
        const auto plan = py.recv<Plan>(0);
        py.send(MPI::python::as_array(compute(plan)), 0);
    } else {  // in place of Python
        const Plan plan{100, 0.5};
        for (int rank = 1; rank < py.size(); ++rank) py.send(plan, rank);
        for (int rank = 1; rank < py.size(); ++rank)
            if (py.recv<std::vector<double>>(rank) != compute(plan))
                throw std::runtime_error("another field has come");
    }
}
