// A simulation that was ported from Boost.MPI: what it was is docs/from-boost-mpi/before.cpp.
// mpi4py: comm.bcast(force), comm.isend(cell, right), comm.allreduce(extent, op)
#include <mpi4cxx/mpi4cxx.hpp>
#include <mpi4cxx/owned.hpp>
#include <mpi4cxx/polymorphic.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

class Force {
public:
    virtual ~Force() {}
    virtual double at(double x) const = 0;

private:
    friend class cereal::access;
    template <class Archive> void serialize(Archive&, const unsigned int) {}
};

class Spring : public Force {
public:
    explicit Spring(double stiffness = 0) : stiffness_(stiffness) {}
    double at(double x) const override { return -stiffness_ * x; }

private:
    friend class cereal::access;
    template <class Archive> void serialize(Archive& ar, const unsigned int) {
        ar& cereal::base_class<Force>(this);
        ar& stiffness_;
    }
    double stiffness_;
};
CEREAL_REGISTER_TYPE(Spring)

struct Cell {
    std::string name;
    std::vector<double> positions;
    Cell* next = nullptr;  // owned

    ~Cell() { delete next; }
    std::size_t size() const { return positions.size() + (next ? next->size() : 0); }
    template <class Archive> void serialize(Archive& ar, const unsigned int) {
        ar& name& positions;
        ar& MPI::owned(next);
    }
};

struct Extent {
    double low = 0, high = 0;
};

struct Join {
    Extent operator()(const Extent& a, const Extent& b) const { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }
};

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const MPI::Intracomm& world = MPI::COMM_WORLD;
    const int rank = world.rank(), size = world.size();
    const double start = MPI::Wtime();

    std::unique_ptr<Force> force;
    if (rank == 0)
        force.reset(new Spring(2));
    force = world.bcast(std::move(force), 0);

    Cell cell;
    cell.name = "cell " + std::to_string(rank);
    cell.positions.assign(3, rank);
    cell.next = new Cell;
    cell.next->positions.assign(2, -rank);
    Cell neighbour;
    std::vector<MPI::Request> requests;
    requests.push_back(world.irecv_into(neighbour, (rank + size - 1) % size, 1));
    requests.push_back(world.isend(cell, (rank + 1) % size, 1));
    MPI::Request::Waitall(requests);

    const Extent extent = world.allreduce(Extent{force->at(rank), double(rank)}, Join());

    std::vector<double> field(4, rank);
    world.Bcast(field, 0);

    if (rank != 0) {
        world.send(std::string(static_cast<std::size_t>(rank), '*'), 0, 2);
    } else {
        std::vector<std::string> marks(static_cast<std::size_t>(size));
        for (int i = 1; i < size; ++i) {
            MPI::Status status;
            world.probe(MPI::ANY_SOURCE, 2, &status);
            world.recv_into(marks[static_cast<std::size_t>(status.Get_source())], status.Get_source(), status.Get_tag());
        }
        for (const std::string& mark : marks) std::cout << mark << '\n';
    }

    const std::vector<std::string> names = world.gather(neighbour.name, 0);
    const MPI::Intracomm half = world.Split(rank % 2);
    const int members = half.allreduce(1, MPI::SUM);
    if (rank == 0) {
        for (const std::string& name : names) std::cout << name << '\n';
        std::cout << neighbour.size() << ' ' << extent.low << ' ' << extent.high << ' ' << field[3] << ' ' << members << '\n';
        if (MPI::Wtime() - start > 100)
            std::cout << "slow\n";
    }
}
