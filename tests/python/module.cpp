// An extension module that takes and returns what mpi4py has.
#include <mpi4cxx/pybind11.hpp>

#include <numeric>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
namespace py = pybind11;

namespace {

const py::call_guard<py::gil_scoped_release> waits;

template <class T> void define_same(py::module_& module, const char* name) {
    module.def(name, [](const T& handle) -> const T& { return handle; });
}

}  // namespace

PYBIND11_MODULE(mpi4cxx_test_module, module) {
    MPI::python::import_mpi4py();
    define_same<MPI::Comm>(module, "comm");
    define_same<MPI::Intracomm>(module, "intracomm");
    define_same<MPI::Intercomm>(module, "intercomm");
    define_same<MPI::Cartcomm>(module, "cartcomm");
    define_same<MPI::Graphcomm>(module, "graphcomm");
    define_same<MPI::Distgraphcomm>(module, "distgraphcomm");
    define_same<MPI::Group>(module, "group");
    define_same<MPI::Datatype>(module, "datatype");
    define_same<MPI::Op>(module, "op");
    define_same<MPI::Info>(module, "info");
    define_same<MPI::Errhandler>(module, "errhandler");
    define_same<MPI::Win>(module, "win");
    define_same<MPI::File>(module, "file");

    module.def("group_of", [](const MPI::Comm& comm) { return comm.Get_group(); });
    module.def("vector", [](int count, int length, int stride) { return MPI::DOUBLE.Create_vector(count, length, stride); });
    module.def(
        "total", [](const MPI::Intracomm& comm, const MPI::ConstBuf& part, const MPI::Buf& sum) { comm.Allreduce(part, sum, MPI::SUM); }, waits);
    module.def(
        "shift",
        [](const MPI::Intracomm& comm, const MPI::ConstBuf& sent, const MPI::Buf& received) {
            const int rank = comm.rank(), size = comm.size();
            comm.Sendrecv(sent, (rank + 1) % size, 0, received, (rank + size - 1) % size, 0);
        },
        waits);
    module.def(
        "isend", [](const MPI::Intracomm& comm, const MPI::ConstBuf& sent, int dest) { return comm.Isend(sent, dest); }, waits);
    module.def(
        "wait", [](MPI::Request& request) { request.Wait(); }, waits);
    module.def(
        "recv_message", [](MPI::Message& message, const MPI::Buf& to, MPI::Status& status) { message.Recv(to, &status); }, waits);
    module.def("set_source_through_moved_caster", [](const py::object& status, int source) {
        py::detail::make_caster<MPI::Status> loaded;
        if (!loaded.load(status, false))
            throw py::type_error("this is no Status");
        py::detail::make_caster<MPI::Status> moved = std::move(loaded);
        static_cast<MPI::Status&>(moved).Set_source(source);
    });
    module.def(
        "fail",
        [](const MPI::Comm& comm) {
            comm.Send({"", 0, MPI::BYTE}, 1000);
        },
        waits);
}
