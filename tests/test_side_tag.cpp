#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/memory.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;

namespace MPI4CXX::detail {
MPI4CXX_API void limit_side_tags(int used_once, int reused);
MPI4CXX_API std::uint64_t take_common_tags() noexcept;
MPI4CXX_API void give_back_common_tags(std::uint64_t tags) noexcept;
}  // namespace MPI4CXX::detail

// As after billions of large messages: all tags are used up that are used only once, and `few` others are left. The first case stands just before
// that.

namespace {

constexpr int few = 4, rounds = 15;

using Texts = std::vector<std::string>;

/// Texts that travel in pieces, for no number looks like another's.
Texts texts(int number) { return Texts(600, "this is object number " + std::to_string(number)); }
/// Numbers that travel as a block.
std::vector<double> numbers(int number) { return std::vector<double>(20'000, number); }
/// Both, and more than one block.
std::map<std::string, std::vector<double>> table(int number) { return {{"a", numbers(number)}, {"b", numbers(-number)}, {"c", {1}}}; }

/// Unreadable on the other side.
struct Unreadable {
    Texts data = texts(1);
    template <class Archive> void save(Archive& archive) const { archive(data); }
    template <class Archive> void load(Archive&) { throw std::runtime_error("unreadable"); }
};

std::string joined(const std::string& a, const std::string& b) { return a.size() > 100'000 ? a : a + b; }

}  // namespace

TEST_CASE("The tags that are used once run out, and others follow", "[object]") {
    MPI::detail::limit_side_tags(2 * few, 2 * few);
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::vector<MPI::Request> sent;
    for (int i = 0; i < 4 * few; ++i) sent.push_back(comm.isend(texts(i), right_of(comm), i));
    for (int i = 4 * few; i-- != 0;) CHECK(comm.recv<Texts>(left_of(comm), i) == texts(i));
    MPI::Request::Waitall(sent);
    MPI::detail::limit_side_tags(0, few);
}

TEST_CASE("As many large objects as there are tags arrive in any order, again and again", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int round = 0; round < rounds; ++round) {
            std::vector<MPI::Request> sent;
            sent.push_back(comm.isend(texts(round), right_of(comm), 0));
            sent.push_back(comm.isend(numbers(round), right_of(comm), 1));
            sent.push_back(comm.isend(table(round), right_of(comm), 2));
            const Texts synchronous = texts(-round);
            sent.push_back(comm.issend(synchronous, right_of(comm), 3));
            if (round % 2 == 0)
                comm.Barrier();
            CHECK(comm.recv<Texts>(left_of(comm), 3) == texts(-round));
            auto posted = comm.irecv<decltype(table(0))>(left_of(comm), 2);
            CHECK(comm.mprobe(left_of(comm), 1).recv<std::vector<double>>() == numbers(round));
            MPI::Status status;
            CHECK(comm.recv<Texts>(MPI::ANY_SOURCE, 0, &status) == texts(round));
            CHECK(status.Get_source() == left_of(comm));
            CHECK(posted.wait() == table(round));
            MPI::Request::Waitall(sent);
        }
    });
}

TEST_CASE("Large objects go to all ranks and come from any", "[object]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    for (int round = 0; round < rounds; ++round) {
        std::vector<MPI::Request> sent;
        for (int to = 0; to < comm.size(); ++to) sent.push_back(comm.isend(texts(100 * comm.rank() + to), to, round));
        std::vector<int> came;
        for (int i = 0; i < comm.size(); ++i) {
            MPI::Status status;
            const Texts got = comm.recv<Texts>(MPI::ANY_SOURCE, round, &status);
            CHECK(got == texts(100 * status.Get_source() + comm.rank()));
        }
        MPI::Request::Waitall(sent);
    }
}

TEST_CASE("When no tag is left, a send sends nothing and says so", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        std::vector<MPI::Request> sent;
        for (int i = 0; i < few; ++i) sent.push_back(comm.isend(texts(i), right_of(comm), i));
        const std::string text = error_of_class(MPI::ERR_OTHER, [&] { (void)comm.isend(texts(9), right_of(comm), 9); });
        CHECK(contains(text, "no tag is left for a large object: 4 are on their way from this process"));
        CHECK(contains(text, "test_side_tag.cpp"));
        sent.push_back(comm.isend(std::string("small"), right_of(comm), 9));  // needs none
        comm.Barrier();                                                       // all have been refused
        CHECK(comm.recv<std::string>(left_of(comm), 9) == "small");
        for (int i = few; i-- != 0;) CHECK(comm.recv<Texts>(left_of(comm), i) == texts(i));
        MPI::Request::Waitall(sent);
        CHECK(comm.sendrecv<Texts>(texts(9), right_of(comm), 9, left_of(comm), 9) == texts(9));
        CHECK_FALSE(comm.Iprobe(MPI::ANY_SOURCE, MPI::ANY_TAG));
        comm.Barrier();
    });
}

TEST_CASE("When no tag is left on one rank, a collective says so on all that wait for its objects", "[object][error]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    std::vector<MPI::Request> sent;
    for (int i = 0; comm.rank() == 0 && i < few; ++i) sent.push_back(comm.isend(texts(i), 0, i));
    const std::string here = "no tag is left", there = "too many large objects are on their way from another process";
    const auto refused = [&](bool receives, const std::function<void()>& f) {
        if (comm.rank() == 0)
            CHECK(contains(error_of_class(MPI::ERR_OTHER, f), here));
        else if (receives)
            CHECK(contains(thrown<std::invalid_argument>(f), there));
        else
            f();
    };
    const std::vector<Texts> each(static_cast<std::size_t>(comm.size()), texts(1));
    refused(true, [&] { (void)comm.allgather(texts(1)); });
    refused(true, [&] { (void)comm.iallgather(texts(1)).wait(); });
    refused(true, [&] { (void)comm.alltoall(each); });
    refused(true, [&] { (void)comm.scatter(each, 0); });
    refused(false, [&] { (void)comm.gather(texts(1), 0); });
    for (int i = few; comm.rank() == 0 && i-- != 0;) CHECK(comm.recv<Texts>(0, i) == texts(i));
    MPI::Request::Waitall(sent);
    CHECK(comm.allgather(texts(comm.rank())).size() == static_cast<std::size_t>(comm.size()));
    comm.Barrier();
}

TEST_CASE("Sends that fail, that go nowhere, and objects that nobody can read use up no tags", "[object][error]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int round = 0; round < rounds; ++round) {
            CHECK(error_class([&] { comm.send(texts(1), right_of(comm), -5); }) == MPI::ERR_TAG);
            CHECK(error_class([&] { (void)comm.isend(table(1), right_of(comm), -5); }) == MPI::ERR_TAG);
            comm.send(texts(1), MPI::PROC_NULL);
            MPI::Request sent = comm.isend(texts(1), right_of(comm), 1), of_another_type = comm.isend(table(1), right_of(comm), 2),
                         unreadable = comm.isend(Unreadable(), right_of(comm), 3);
            CHECK_FALSE(type_error([&] { (void)comm.recv<std::vector<double>>(left_of(comm), 1); }).empty());
            CHECK_FALSE(type_error([&] { (void)comm.irecv<Texts>(left_of(comm), 2).wait(); }).empty());
            CHECK_THROWS_AS(comm.recv<Unreadable>(left_of(comm), 3), std::runtime_error);
            sent.Wait();
            of_another_type.Wait();
            unreadable.Wait();
        }
    });
}

TEST_CASE("Buffered sends of large objects give their tags back", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int round = 0; round < rounds; ++round) {
            MPI::Attach_buffer(4'000);
            CHECK(error_class([&] { comm.bsend(texts(1), right_of(comm), 1); }) == MPI::ERR_BUFFER);
            MPI::Detach_buffer();
            const BsendBuffer buffer;
            auto received = comm.irecv<Texts>(left_of(comm), 1);
            comm.bsend(texts(round), right_of(comm), 1);
            CHECK(received.wait() == texts(round));
        }
    });
}

TEST_CASE("Dropped sends and receives give their tags back", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int round = 0; round < rounds; ++round) {
            (void)comm.irecv<Texts>(left_of(comm), 1);  // cancelled
            comm.Barrier();
            (void)comm.isend(texts(round), right_of(comm), 1);
            (void)comm.isend(table(round), right_of(comm), 2);
            (void)comm.isend(numbers(round), right_of(comm), 3);
            CHECK(comm.recv<std::vector<double>>(left_of(comm), 3) == numbers(round));
            CHECK(comm.recv<decltype(table(0))>(left_of(comm), 2) == table(round));
            CHECK(comm.recv<Texts>(left_of(comm), 1) == texts(round));
        }
    });
}

TEST_CASE("A blocking send of blocks, which asks first, gives its tag back", "[object]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for (int round = 0; round < rounds; ++round) {
            const auto sent = table(round);
            auto received = comm.irecv<decltype(table(0))>(left_of(comm), 1);
            comm.send(sent, right_of(comm), 1);
            CHECK(received.wait() == sent);
            CHECK(comm.sendrecv<std::vector<double>>(numbers(round), right_of(comm), 1, left_of(comm), 1) == numbers(round));
        }
    });
}

TEST_CASE("Collectives of large objects give their tags back", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        for (int round = 0; round < rounds; ++round) {
            const int root = round % comm.size();
            const auto sent = table(comm.rank() + round);
            const auto all = comm.allgather(sent);
            auto first = comm.iallgather(texts(comm.rank())), second = comm.iallgather(texts(10 + comm.rank()));
            for (int rank = 0; rank < comm.size(); ++rank) CHECK(all[static_cast<std::size_t>(rank)] == table(rank + round));
            const auto later = second.wait(), earlier = first.wait();
            for (int rank = 0; rank < comm.size(); ++rank) {
                CHECK(earlier[static_cast<std::size_t>(rank)] == texts(rank));
                CHECK(later[static_cast<std::size_t>(rank)] == texts(10 + rank));
            }
            const std::vector<std::vector<double>> each(size, numbers(comm.rank()));
            CHECK(comm.scatter(each, root) == numbers(root));
            const auto from_each = comm.alltoall(each);
            for (int rank = 0; rank < comm.size(); ++rank) CHECK(from_each[static_cast<std::size_t>(rank)] == numbers(rank));
            CHECK(comm.gather(sent, root).size() == (comm.rank() == root ? size : 0));
            CHECK(comm.ibcast(texts(comm.rank()), root).wait() == texts(root));
        }
    });
}

TEST_CASE("Reductions of objects give their tags back, also when they throw", "[object][collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto failing = [](const Texts&, const Texts&) -> Texts { throw std::runtime_error("this operation fails"); };
        for (int round = 0; round < rounds; ++round) {
            CHECK(comm.allreduce(letter(comm.rank()), joined).size() == static_cast<std::size_t>(comm.size()));
            const std::optional<std::string> longer = comm.reduce(std::string(9'000, 'a'), joined, comm.size() - 1);
            CHECK(longer.has_value() == (comm.rank() == comm.size() - 1));
            if (comm.size() > 1)
                CHECK(contains(thrown<std::exception>([&] { (void)comm.allreduce(texts(1), failing); }), "this operation fails"));
        }
    });
}

TEST_CASE("Reductions give their tags back, and need none that is free on all processes", "[object][error]") {
    const std::uint64_t all = ~std::uint64_t{0};
    for_each_comm([&](const MPI::Intracomm& comm) {
        std::string together;
        for (int rank = 0; rank < comm.size(); ++rank) together += std::to_string(rank);
        const auto join = [](const std::string& a, const std::string& b) { return a + b; };
        const auto refuse = [](const std::string&, const std::string&) -> std::string { throw std::runtime_error("refused"); };
        for (int round = 0; round < rounds; ++round) {
            const std::uint64_t taken = round % 2 == 1 && comm.rank() == 0 ? MPI::detail::take_common_tags() : 0;
            for (int root = 0; root < comm.size(); ++root)
                CHECK(comm.reduce(std::to_string(comm.rank()), join, root) == (comm.rank() == root ? std::optional(together) : std::nullopt));
            CHECK(thrown<std::exception>([&] { (void)comm.allreduce(std::string("a"), refuse); }).empty() == (comm.size() == 1));
            MPI::detail::give_back_common_tags(taken);
        }
        CHECK(MPI::detail::take_common_tags() == all);
        MPI::detail::give_back_common_tags(all);
    });
}
