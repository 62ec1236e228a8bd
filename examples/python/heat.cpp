// An extension module, whose steps run on an array that the ranks of a node share
//     planes = numpy.ndarray((2, rows, columns), "d", win.Shared_query(0)[0])
//     heat.run(comm, win, planes, 1000)
#include <mpi4cxx/pybind11.hpp>

#include <pybind11/numpy.h>

#include <stdexcept>

namespace MPI = mpi4cxx;
namespace py = pybind11;

/// Let heat spread in a plane whose edges stay as they are. planes[0] is the plane before a step of even number, planes[1] the one behind it; then
/// the other way round. Each rank computes rows of its own.
static void run(const MPI::Intracomm& comm, const MPI::Win& window, py::array_t<double> array, int steps) {
    auto planes = array.mutable_unchecked<3>();
    if (planes.shape(0) != 2)
        throw std::invalid_argument("planes are two");
    const py::gil_scoped_release waits;  // from here on nothing of Python is used
    const py::ssize_t inside = planes.shape(1) - 2, first = 1 + inside * comm.rank() / comm.size();
    const py::ssize_t last = 1 + inside * (comm.rank() + 1) / comm.size();
    for (int step = 0; step < steps; ++step) {
        const py::ssize_t now = step % 2, next = 1 - now;
        for (py::ssize_t i = first; i < last; ++i)
            for (py::ssize_t j = 1; j < planes.shape(2) - 1; ++j)
                planes(next, i, j) =
                    0.2 * (planes(now, i, j) + planes(now, i - 1, j) + planes(now, i + 1, j) + planes(now, i, j - 1) + planes(now, i, j + 1));
        window.Sync();  // the neighbours see these rows
        comm.Barrier();
        window.Sync();  // and this rank theirs
    }
}

PYBIND11_MODULE(heat, module) {
    MPI::python::import_mpi4py();
    module.def("run", run, py::arg("comm"), py::arg("window"), py::arg("planes").noconvert(), py::arg("steps"));  // a converted array would be a copy
}
