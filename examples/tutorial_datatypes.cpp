// Tutorial, chapter 5: elements that are structs, and parts of arrays
//     particle = MPI.Datatype.Create_struct([3, 1], [0, 24], [MPI.DOUBLE, MPI.INT]).Commit()
//     column = MPI.DOUBLE.Create_vector(3, 1, 4).Commit()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <vector>

namespace MPI = mpi4cxx;

struct Particle {  // a plain struct has a datatype
    double position[3];
    int charge;
};

class Spin {  // a class with private members names them, below
public:
    Spin() = default;
    explicit Spin(int value) : value_(value) {}
    int value() const { return value_; }

private:
    friend mpi4cxx::datatype_traits<Spin>;
    int value_ = 0;
};
template <> struct mpi4cxx::datatype_traits<Spin> : mpi4cxx::struct_type<Spin, &Spin::value_> {};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const int rank = comm.rank();

    const std::vector<Particle> all = comm.Allgatherv(std::vector<Particle>(2, {{1, 2, 3}, rank}));
    const std::vector<Spin> spins = comm.Allgatherv(std::vector<Spin>{Spin(-rank)});

    double matrix[3][4] = {{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}};
    const MPI::Datatype column = MPI::DOUBLE.Create_vector(3, 1, 4).Commit();  // three blocks of one, four apart
    comm.Sendrecv({&matrix[0][0], 1, column}, rank, 0, {&matrix[0][3], 1, column}, rank, 0);
    if (rank == 0)
        std::printf("%zu particles, the last of charge %d; spin %d; first row ends with %g\n", all.size(), all.back().charge, spins.back().value(),
                    matrix[0][3]);
}
