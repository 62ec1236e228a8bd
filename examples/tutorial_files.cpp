// Tutorial, chapter 9: one file for all ranks
//     file = MPI.File.Open(comm, "numbers.bin", MPI.MODE_CREATE | MPI.MODE_RDWR)
//     file.Write_at_all(rank * part.nbytes, part)
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <vector>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::vector<double> part(3, comm.rank());

    MPI::File file = MPI::File::Open(comm, "numbers.bin", MPI::MODE_CREATE | MPI::MODE_RDWR | MPI::MODE_DELETE_ON_CLOSE);
    file.Set_view<double>();  // offsets count numbers, not bytes
    file.Write_at_all(3 * comm.rank(), part);

    file.Sync();  // what was written is there for all
    comm.Barrier();
    const std::vector<double> all = file.Read_at_all<double>(0);  // as many as there are
    if (comm.rank() == 0)
        std::printf("%zu numbers, the last is %g; the file has %lld bytes\n", all.size(), all.back(), static_cast<long long>(file.Get_size()));
}
