// Calls that trips.py measures.
#include <mpi4cxx/pybind11.hpp>

namespace MPI = mpi4cxx;

PYBIND11_MODULE(mpi4cxx_bench_module, module) {
    MPI::python::import_mpi4py();
    module.def("nothing", [](pybind11::handle) {});
    module.def("take", [](const MPI::Intracomm&) {});
    module.def("rank", [](const MPI::Intracomm& comm) { return comm.Get_rank(); });
}
