// A simulation in Boost.MPI, as it was before the port to examples/from_boost_mpi.cpp.
#include <boost/mpi.hpp>
#include <boost/serialization/base_object.hpp>
#include <boost/serialization/export.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/unique_ptr.hpp>
#include <boost/serialization/vector.hpp>

#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace mpi = boost::mpi;

class Force {
public:
    virtual ~Force() {}
    virtual double at(double x) const = 0;

private:
    friend class boost::serialization::access;
    template <class Archive> void serialize(Archive&, const unsigned int) {}
};

class Spring : public Force {
public:
    explicit Spring(double stiffness = 0) : stiffness_(stiffness) {}
    double at(double x) const override { return -stiffness_ * x; }

private:
    friend class boost::serialization::access;
    template <class Archive> void serialize(Archive& ar, const unsigned int) {
        ar& boost::serialization::base_object<Force>(*this);
        ar& stiffness_;
    }
    double stiffness_;
};
BOOST_CLASS_EXPORT(Spring)

struct Cell {
    std::string name;
    std::vector<double> positions;
    Cell* next = nullptr;  // owned

    ~Cell() { delete next; }
    std::size_t size() const { return positions.size() + (next ? next->size() : 0); }
    template <class Archive> void serialize(Archive& ar, const unsigned int) {
        ar& name& positions;
        ar& next;
    }
};

struct Extent {
    double low = 0, high = 0;
    template <class Archive> void serialize(Archive& ar, const unsigned int) { ar& low& high; }
};
BOOST_IS_MPI_DATATYPE(Extent)

struct Join {
    Extent operator()(const Extent& a, const Extent& b) const { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }
};
namespace boost::mpi {
template <> struct is_commutative<Join, Extent> : mpl::true_ {};
}  // namespace boost::mpi

int main(int argc, char** argv) {
    mpi::environment env(argc, argv);
    mpi::communicator world;
    const int rank = world.rank(), size = world.size();
    mpi::timer timer;

    std::unique_ptr<Force> force;
    if (rank == 0)
        force.reset(new Spring(2));
    mpi::broadcast(world, force, 0);

    Cell cell;
    cell.name = "cell " + std::to_string(rank);
    cell.positions.assign(3, rank);
    cell.next = new Cell;
    cell.next->positions.assign(2, -rank);
    Cell neighbour;
    std::vector<mpi::request> requests;
    requests.push_back(world.irecv((rank + size - 1) % size, 1, neighbour));
    requests.push_back(world.isend((rank + 1) % size, 1, cell));
    mpi::wait_all(requests.begin(), requests.end());

    Extent extent;
    mpi::all_reduce(world, Extent{force->at(rank), double(rank)}, extent, Join());

    std::vector<double> field(4, rank);
    if (rank == 0) {
        mpi::broadcast(world, mpi::skeleton(field), 0);
        mpi::broadcast(world, mpi::get_content(field), 0);
    } else {
        mpi::broadcast(world, mpi::skeleton(field), 0);
        mpi::broadcast(world, mpi::get_content(field), 0);
    }

    if (rank != 0) {
        world.send(0, 2, std::string(static_cast<std::size_t>(rank), '*'));
    } else {
        std::vector<std::string> marks(static_cast<std::size_t>(size));
        for (int i = 1; i < size; ++i) {
            const mpi::status status = world.probe(mpi::any_source, 2);
            world.recv(status.source(), status.tag(), marks[static_cast<std::size_t>(status.source())]);
        }
        for (const std::string& mark : marks) std::cout << mark << '\n';
    }

    std::vector<std::string> names;
    mpi::gather(world, neighbour.name, names, 0);
    const mpi::communicator half = world.split(rank % 2);
    int members = 0;
    mpi::all_reduce(half, 1, members, std::plus<int>());
    if (rank == 0) {
        for (const std::string& name : names) std::cout << name << '\n';
        std::cout << neighbour.size() << ' ' << extent.low << ' ' << extent.high << ' ' << field[3] << ' ' << members << '\n';
        if (timer.elapsed() > 100)
            std::cout << "slow\n";
    }
}
