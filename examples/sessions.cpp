// Two parts of a program use MPI without knowing of each other, by a session each
//     session = MPI.Session.Init()
//     group = session.Create_group("mpi://WORLD")
//     comm = MPI.Intracomm.Create_from_group(group, "solver")
#include <mpi4cxx/mpi4cxx.hpp>

#include <cstdio>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

/// A part of a program, as a library would be: it needs no COMM_WORLD, and nobody has to initialize MPI for it.
class Solver {
public:
    [[nodiscard]] double mean(const std::vector<double>& own) const {
        const double sum = std::accumulate(own.begin(), own.end(), 0.0);
        double both[] = {sum, static_cast<double>(own.size())}, all[2];
        comm_.Allreduce(both, all);
        return all[0] / all[1];
    }
    [[nodiscard]] int rank() const { return comm_.rank(); }
    [[nodiscard]] int size() const { return comm_.size(); }

private:
    MPI::Session session_ = MPI::Session::Init();  // destroyed last: the communicator is freed before the session ends
    MPI::Intracomm comm_ = MPI::Intracomm::Create_from_group(session_.Create_group("mpi://WORLD"), "solver");
};

/// Another part, for which the even and the odd ranks work apart.
int sum_of_ranks_alike() {
    const MPI::Session session = MPI::Session::Init();
    const MPI::Group all = session.Create_group("mpi://WORLD");
    const int first = all.rank() % 2;
    const MPI::Intracomm comm = MPI::Intracomm::Create_from_group(all.Range_incl({{first, all.size() - 1, 2}}), first == 0 ? "even" : "odd");
    int sum = 0;
    comm.Allreduce(all.rank(), sum);
    return sum;
}

void show() {
    const Solver solver;
    const double mean = solver.mean(std::vector<double>(3, solver.rank()));
    const int sum = sum_of_ranks_alike();
    std::printf("Process %d of %d: the mean of all is %g, the ranks like this one add up to %d\n", solver.rank(), solver.size(), mean, sum);
    int expected = 0;
    for (int i = solver.rank() % 2; i < solver.size(); i += 2) expected += i;
    if (mean != (solver.size() - 1) / 2.0 || sum != expected)
        throw std::runtime_error("the sessions do not work together");
}

}  // namespace

int main() {
    try {
        show();
    } catch (const MPI::Exception& e) {
        if (e.Get_error_class() != MPI::ERR_UNSUPPORTED_OPERATION)
            throw;
        std::printf("%s\n", e.what());  // this MPI has no sessions
    }
}
