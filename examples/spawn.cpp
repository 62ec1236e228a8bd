// Processes that are started while the program runs: they work, and their parents gather the results.
//
// mpi4py:  children = comm.Spawn(sys.executable, args=[__file__], maxprocs=2)
//          parent = MPI.Comm.Get_parent()
#include <mpi4cxx/mpi4cxx.hpp>

#include <iostream>
#include <stdexcept>

namespace MPI = mpi4cxx;

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    if (const MPI::Intercomm parent = MPI::Comm::Get_parent()) {  // this process is a child
        int number = 0;
        parent.Bcast(number, 0);
        parent.Reduce(number * (comm.rank() + 1), {}, MPI::SUM, 0);
        return 0;
    }

    MPI::Intercomm children;
    try {
        children = comm.Spawn(argv[0], {}, 2);
    } catch (const MPI::Exception& e) {  // the text says what to do instead
        if (comm.rank() == 0)
            std::cout << e.what() << '\n';
        return 0;
    }
    const int root = comm.rank() == 0 ? MPI::ROOT : MPI::PROC_NULL;
    int number = 7, sum = 0;
    children.Bcast(number, root);
    children.Reduce({}, sum, MPI::SUM, root);
    if (comm.rank() == 0 && sum != 7 + 14)
        throw std::logic_error("the sum is wrong");
    if (comm.rank() == 0)
        std::cout << "two children have made " << sum << " of " << number << '\n';
}
