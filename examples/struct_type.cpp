// Send objects of classes as they lie in memory. A plain aggregate needs nothing; a class with private members names them.
// mpi4py: MPI.Datatype.Create_struct([1, 3], [0, 8], [MPI.INT, MPI.DOUBLE]).Create_resized(0, 32).Commit()
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace MPI = mpi4cxx;

struct Position {
    double x, y, z;
};

class Particle {
public:
    Particle() = default;
    Particle(int id, Position position) : id_(id), position_(position) {}
    [[nodiscard]] int id() const { return id_; }
    [[nodiscard]] const Position& position() const { return position_; }
    [[nodiscard]] const Particle* next() const { return next_; }

private:
    friend struct mpi4cxx::datatype_traits<Particle>;
    int id_ = 0;
    Position position_{};
    const Particle* next_ = nullptr;  // means nothing to another process: it is not named below
};

template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::id_, &Particle::position_> {};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const std::vector<Particle> mine{{2 * comm.rank(), {0.5, 1, 1.5}}, {2 * comm.rank() + 1, {2, 2.5, 3}}};

    const std::vector<Particle> all = comm.Allgatherv(mine);

    bool good = all.size() == 2 * static_cast<std::size_t>(comm.size());
    for (std::size_t i = 0; i < all.size(); ++i) good &= all[i].id() == static_cast<int>(i) && all[i].position().z == (i % 2 == 0 ? 1.5 : 3);
    if (comm.rank() == 0)
        std::printf("%zu particles of %lld bytes each\n", all.size(), static_cast<long long>(MPI::datatype_of<Particle>().size()));
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
