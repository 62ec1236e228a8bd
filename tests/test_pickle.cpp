#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;

namespace {

using Dict = std::map<std::string, std::vector<double>>;

template <class T> T again(const T& object) { return MPI::pickle.loads<T>(MPI::pickle.dumps(object)); }

}  // namespace

TEST_CASE("pickle writes any object as bytes and reads it again", "[pickle]") {
    CHECK(again(42) == 42);
    CHECK(again(std::string()) == "");
    CHECK(again(std::string("text")) == "text");
    CHECK(again(std::vector<double>(100'000, 1.5)) == std::vector<double>(100'000, 1.5));  // longer than what travels by itself
    const Dict dict{{"a", {1, 2}}, {"b", std::vector<double>(50'000, 2.5)}, {"", {}}};
    CHECK(again(dict) == dict);
    CHECK(again(Matrix{1, 2, 3, 4}) == Matrix{1, 2, 3, 4});
    CHECK(MPI::pickle.loads<std::string>(MPI::pickle.dumps("a literal")) == "a literal");
}

TEST_CASE("pickle reads bytes wherever they lie", "[pickle]") {
    const Dict dict{{"a", {1, 2, 3}}, {"b", std::vector<double>(20'000, 2.5)}};
    const std::vector<std::byte> bytes = MPI::pickle.dumps(dict);
    std::vector<std::byte> shifted(bytes.size() + 16);
    for (std::size_t shift = 0; shift < 16; ++shift) {
        std::copy(bytes.begin(), bytes.end(), shifted.begin() + static_cast<std::ptrdiff_t>(shift));
        CHECK(MPI::pickle.loads<Dict>(std::span(shifted).subspan(shift, bytes.size())) == dict);
    }
}

TEST_CASE("What pickle has written travels by uppercase methods", "[pickle]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const Dict sent{{letter(comm.rank()), {1.0 * comm.rank()}}};
        const std::vector<std::byte> bytes = MPI::pickle.dumps(sent);
        MPI::Request send = comm.Isend(bytes, right_of(comm), 3);
        const auto received = MPI::pickle.loads<Dict>(comm.Recv<std::byte>(left_of(comm), 3));
        CHECK(received == Dict{{letter(left_of(comm)), {1.0 * left_of(comm)}}});
        send.Wait();
    });
}

TEST_CASE("pickle reads nothing but what it has written", "[pickle][error]") {
    const std::vector<std::byte> bytes = MPI::pickle.dumps(Dict{{"a", {1, 2, 3}}});
    CHECK(contains(type_error([&] { (void)MPI::pickle.loads<std::string>(bytes); }), "not a std::"));
    CHECK(contains(type_error([] { (void)MPI::pickle.loads<int>({}); }), "these 0 bytes are no object"));
    CHECK(contains(type_error([] { (void)MPI::pickle.loads<int>(std::vector<std::byte>(100)); }), "these 100 bytes are no object"));
    for (std::size_t n = 0; n < bytes.size(); ++n) CHECK(type_error([&] { (void)MPI::pickle.loads<Dict>(std::span(bytes).first(n)); }) != "");
    auto longer = bytes;
    longer.push_back(std::byte{});
    CHECK(type_error([&] { (void)MPI::pickle.loads<Dict>(longer); }) != "");
}
