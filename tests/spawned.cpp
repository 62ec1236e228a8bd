// The program that test_processes starts: what it does is its first argument.
#include <mpi4cxx/mpi4cxx.hpp>

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Words = std::vector<std::string>;

const std::map<std::string, std::function<void(const MPI::Intercomm&, const Words&)>> tasks{
    // Sends what this process was started with.
    {"arguments",
     [](const MPI::Intercomm& parent, const Words& words) {
         parent.send(words, 0, MPI::COMM_WORLD.rank());
         parent.send(MPI::COMM_WORLD.Get_attr(MPI::APPNUM).value_or(-1), 0, MPI::COMM_WORLD.rank());
     }},
    // Doubles numbers, takes part in collectives, and joins the parents in one communicator.
    {"double",
     [](const MPI::Intercomm& parent, const Words&) {
         std::vector<double> numbers(1000);
         parent.Recv(numbers, 0, 1);
         for (double& number : numbers) number *= 2;
         parent.Send(numbers, 0, 2);
         int base = 0;
         parent.Bcast(base, 0);
         parent.Gather(base + parent.rank(), {}, 0);
         int sum = 0;
         parent.Allreduce(1, sum);
         if (sum != parent.remote_size())
             throw std::logic_error("the sum over the parents is wrong");
         const MPI::Intracomm all = parent.Merge(true);
         all.Allreduce(all.rank(), sum);
         all.Send(sum, 0, 3);
     }},
    // Takes part in messages and collectives of objects of any size.
    {"objects",
     [](const MPI::Intercomm& parent, const Words&) {
         using Table = std::map<std::string, std::vector<double>>;
         const int rank = parent.rank(), parents = parent.remote_size();
         const auto table = [](int number) { return Table{{"short", {0.5}}, {"long", std::vector<double>(1 << 20, number)}}; };
         const auto check = [](bool is_right, const char* what) {
             if (!is_right)
                 throw std::logic_error(std::string(what) + " is wrong");
         };
         auto early = parent.irecv<Table>(0, 1);
         parent.send(table(rank), 0, 2);
         check(early.wait() == table(100), "what irecv has received");
         parent.ssend(Words(5000, "from a child"), 0, 3);
         check(parent.bcast(Table(), 0) == table(1), "the broadcast object");
         (void)parent.gather(table(rank), 0);
         const std::vector<Table> all = parent.allgather(table(rank));
         check(all.size() == static_cast<std::size_t>(parents) && all.back() == table(parents - 1), "the gathered object");
         auto pending = parent.iallgather(Words(5000, std::to_string(rank)));
         auto next = parent.iallgather(table(2 * rank));
         check(next.wait().back() == table(2 * (parents - 1)), "the second pending collective");
         check(pending.wait().front() == Words(5000, "0"), "the first pending collective");
         const MPI::Intracomm merged = parent.Merge(true);
         check(merged.bcast(Table(), 0) == table(3), "the object broadcast to all");
         merged.send(table(rank), 0, 4);
         check(merged.allgather(table(merged.rank())).back() == table(merged.size() - 1), "the object gathered from all");
     }},
    {"disconnect",
     [](const MPI::Intercomm&, const Words&) {
         MPI::Comm::Get_parent().Disconnect();
         if (!MPI::Comm::Get_parent().is_null())
             throw std::logic_error("there is still a parent");
     }},
    // Sends an object by a collective call, and disconnects or leaves that to MPI_Finalize.
    {"gather",
     [](const MPI::Intercomm& parent, const Words& words) {
         (void)parent.gather(std::string("from a child"), 0);
         if (words.size() > 1)
             MPI::Comm::Get_parent().Disconnect();
     }},
    {"nothing", [](const MPI::Intercomm&, const Words&) {}},
    // Connects to the port of a service.
    {"connect",
     [](const MPI::Intercomm&, const Words& words) {
         const MPI::Intracomm& comm = MPI::COMM_WORLD;
         const MPI::Intercomm server = comm.Connect(comm.rank() == 0 ? MPI::Lookup_name(words.at(1)) : "");
         server.Send(comm.rank(), 0, 4);
     }},
};

}  // namespace

int main(int argc, char** argv) {
    const MPI::Environment env(argc, argv);
    const MPI::Intercomm parent = MPI::Comm::Get_parent();
    tasks.at(argv[1])(parent, Words(argv + 1, argv + argc));
}
