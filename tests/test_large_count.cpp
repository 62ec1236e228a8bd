// The large-count twins, called by themselves with few elements: those of MPI-4, or what stands in for them on an MPI-3, to
// which an int then counts only to three. So both have to do the same.
#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace MPI = mpi4cxx;
using MPI::Aint;
using MPI::Count;
using std::vector;

namespace {

/// An int counts only to `most`, while this lives.
struct Few {
    explicit Few(Count most) { MPI::detail::most_elements = most; }
    ~Few() { MPI::detail::most_elements = INT_MAX; }
    Few(const Few&) = delete;
    Few& operator=(const Few&) = delete;
};

template <class... P, class... Args> int call_large(int (*function)(P...), Args... args) { return function(MPI::detail::as_large<P>(args)...); }
template <auto Fn, Count Most = 3, class... Args> int large(Args... args) {
    const Few few(Most);
    return call_large(+MPI::detail::variants<Fn>::large, args...);
}

vector<int> numbers(Count count, int first) {
    vector<int> result(static_cast<std::size_t>(count));
    std::iota(result.begin(), result.end(), first);
    return result;
}

/// `f(comm, count)` for counts that fit, that are some threes and that leave a rest.
template <class F> void for_each_count(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (const Count count : {0, 1, 3, 4, 6, 9, 11, 1000}) f(comm, count);
    });
}

struct Ring {
    const MPI::Intracomm& comm;
    int right = (comm.rank() + 1) % comm.size();
    int left = (comm.rank() + comm.size() - 1) % comm.size();
};

}  // namespace

TEST_CASE("A large message matches one whose count is an int", "[large_count]") {
    for_each_count([](const MPI::Intracomm& comm, Count count) {
        const Ring ring{comm};
        const vector<int> sent = numbers(count, 100 * comm.rank()), expected = numbers(count, 100 * ring.left);
        for (const bool sends : {true, false}) {
            vector<int> got(sent.size() + 1, -1);
            MPI_Request send = MPI_REQUEST_NULL, receive = MPI_REQUEST_NULL;
            if (sends) {
                CHECK(large<MPI_Isend>(sent.data(), count, MPI_INT, ring.right, 0, comm.handle(), &send) == MPI_SUCCESS);
                comm.Recv({got.data(), count}, ring.left);
            } else {
                CHECK(large<MPI_Irecv>(got.data(), count, MPI_INT, ring.left, 0, comm.handle(), &receive) == MPI_SUCCESS);
                comm.Send(sent, ring.right);
            }
            MPI_Status status;
            MPI_Wait(&send, MPI_STATUS_IGNORE);
            MPI_Wait(&receive, &status);
            if (!sends)
                CHECK(MPI::Status(status).Get_count(MPI::INT) == count);
            CHECK(got.back() == -1);
            got.pop_back();
            CHECK(got == expected);
        }
    });
}

TEST_CASE("Blocking large messages carry their elements", "[large_count]") {
    for_each_count([](const MPI::Intracomm& comm, Count count) {
        const Ring ring{comm};
        const vector<int> sent = numbers(count, 100 * comm.rank()), expected = numbers(count, 100 * ring.left);
        vector<int> got(sent.size(), -1);
        CHECK(large<MPI_Sendrecv>(sent.data(), count, MPI_INT, ring.right, 1, got.data(), count, MPI_INT, ring.left, 1, comm.handle(),
                                  MPI_STATUS_IGNORE) == MPI_SUCCESS);
        CHECK(got == expected);
        MPI::Request request = comm.Isend(sent, ring.right, 2);
        MPI_Message message = std::move(comm.Mprobe(ring.left, 2)).release();
        got.assign(got.size(), -1);
        CHECK(large<MPI_Mrecv>(got.data(), count, MPI_INT, &message, MPI_STATUS_IGNORE) == MPI_SUCCESS);
        CHECK(got == expected);
        request.Wait();
    });
}

TEST_CASE("Elements with a gap are counted by their extent", "[large_count]") {
    const MPI::Datatype every_third = MPI::INT.Create_resized(0, 3 * sizeof(int)).Commit();
    for_each_comm([&](const MPI::Intracomm& comm) {
        const Ring ring{comm};
        const vector<int> sent = numbers(33, comm.rank());
        vector<int> got(11);
        MPI::Request receive = comm.Irecv(got, ring.left);
        CHECK(large<MPI_Send>(sent.data(), 11, every_third.handle(), ring.right, 0, comm.handle()) == MPI_SUCCESS);
        receive.Wait();
        for (int i = 0; i < 11; ++i) CHECK(got[static_cast<std::size_t>(i)] == ring.left + 3 * i);
    });
}

TEST_CASE("Large collectives put every block where it belongs", "[large_count]") {
    for_each_count([](const MPI::Intracomm& comm, Count count) {
        const auto n = static_cast<std::size_t>(count), size = static_cast<std::size_t>(comm.size());
        const int root = comm.size() - 1;
        const MPI_Comm raw = comm.handle();
        const vector<int> part = numbers(count, static_cast<int>(count) * comm.rank()), all = numbers(count * comm.size(), 0);
        vector<int> one(n, -1), whole(n * size, -1);

        vector<int> copy = comm.rank() == root ? part : one;
        CHECK(large<MPI_Bcast>(copy.data(), count, MPI_INT, root, raw) == MPI_SUCCESS);
        CHECK(copy == numbers(count, static_cast<int>(count) * root));
        CHECK(large<MPI_Gather>(part.data(), count, MPI_INT, whole.data(), count, MPI_INT, root, raw) == MPI_SUCCESS);
        CHECK(whole == (comm.rank() == root ? all : vector<int>(n * size, -1)));
        CHECK(large<MPI_Scatter>(all.data(), count, MPI_INT, one.data(), count, MPI_INT, root, raw) == MPI_SUCCESS);
        CHECK(one == part);
        whole.assign(n * size, -1);
        CHECK(large<MPI_Allgather>(part.data(), count, MPI_INT, whole.data(), count, MPI_INT, raw) == MPI_SUCCESS);
        CHECK(whole == all);
        CHECK(large<MPI_Alltoall>(all.data(), count, MPI_INT, whole.data(), count, MPI_INT, raw) == MPI_SUCCESS);
        for (std::size_t i = 0; i < n * size; ++i) CHECK(whole[i] == part[i % n]);
        MPI_Request request = MPI_REQUEST_NULL;
        whole.assign(n * size, -1);
        CHECK(large<MPI_Iallgather>(part.data(), count, MPI_INT, whole.data(), count, MPI_INT, raw, &request) == MPI_SUCCESS);
        MPI_Wait(&request, MPI_STATUS_IGNORE);
        CHECK(whole == all);
    });
}

TEST_CASE("Large reductions combine every element", "[large_count]") {
    for_each_count([](const MPI::Intracomm& comm, Count count) {
        const MPI_Comm raw = comm.handle();
        const int size = comm.size(), rank = comm.rank();
        const vector<int> mine = numbers(count, rank);
        const auto check_sum = [&](const vector<int>& sum, int ranks) {
            for (std::size_t i = 0; i < sum.size(); ++i) CHECK(sum[i] == ranks * static_cast<int>(i) + ranks * (ranks - 1) / 2);
        };
        vector<int> sum(mine.size(), -1);
        CHECK(large<MPI_Allreduce>(mine.data(), sum.data(), count, MPI_INT, MPI_SUM, raw) == MPI_SUCCESS);
        check_sum(sum, size);
        sum = mine;
        CHECK(large<MPI_Allreduce>(MPI_IN_PLACE, sum.data(), count, MPI_INT, MPI_SUM, raw) == MPI_SUCCESS);
        check_sum(sum, size);
        CHECK(large<MPI_Reduce>(mine.data(), rank == 0 ? sum.data() : nullptr, count, MPI_INT, MPI_SUM, 0, raw) == MPI_SUCCESS);
        check_sum(sum, size);
        CHECK(large<MPI_Scan>(mine.data(), sum.data(), count, MPI_INT, MPI_SUM, raw) == MPI_SUCCESS);
        check_sum(sum, rank + 1);
        CHECK(large<MPI_Exscan>(mine.data(), sum.data(), count, MPI_INT, MPI_SUM, raw) == MPI_SUCCESS);
        if (rank > 0)
            check_sum(sum, rank);
    });
}

TEST_CASE("Wide counts that an int can hold need nothing else", "[large_count]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        // even ranks have one element, odd ones two; the blocks lie in reverse order
        vector<Count> counts(size);
        vector<Aint> displs(size);
        Aint end = 0;
        for (std::size_t i = size; i-- > 0; end += static_cast<Aint>(counts[i])) {
            counts[i] = 1 + static_cast<Count>(i % 2);
            displs[i] = end;
        }
        const vector<int> part(static_cast<std::size_t>(1 + comm.rank() % 2), comm.rank());
        vector<int> whole(static_cast<std::size_t>(end), -1);
        comm.Allgatherv(part, {whole, counts, displs});
        for (std::size_t i = 0; i < size; ++i)
            for (Count k = 0; k < counts[i]; ++k) CHECK(whole[static_cast<std::size_t>(displs[i] + k)] == static_cast<int>(i));
        vector<int> mine(part.size(), -1);
        comm.Scatterv({whole, counts, displs}, mine);
        CHECK(mine == part);
    });
}

TEST_CASE("Large v calls whose counts and displacements are multiples of one number go with larger elements", "[large_count]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        const int root = 0;
        const MPI_Comm raw = comm.handle();
        // blocks of 700 and, on odd ranks, 1400, each followed by a gap of 700 that stays as it is
        vector<Count> counts(size);
        vector<Aint> displs(size);
        Aint end = 0;
        for (std::size_t i = 0; i < size; ++i) {
            counts[i] = 700 * (1 + static_cast<Count>(i % 2));
            displs[i] = end;
            end += static_cast<Aint>(counts[i]) + 700;
        }
        const auto me = static_cast<std::size_t>(comm.rank());
        const vector<int> part(static_cast<std::size_t>(counts[me]), comm.rank());
        vector<int> expected(static_cast<std::size_t>(end), -1);
        for (std::size_t i = 0; i < size; ++i) std::fill_n(expected.begin() + displs[i], counts[i], static_cast<int>(i));
        vector<int> whole(expected.size(), -1);
        CHECK(large<MPI_Gatherv, 20>(part.data(), counts[me], MPI_INT, whole.data(), counts.data(), displs.data(), MPI_INT, root, raw) ==
              MPI_SUCCESS);
        if (comm.rank() == root)
            CHECK(whole == expected);
        whole.assign(expected.size(), -1);
        CHECK(large<MPI_Allgatherv, 20>(part.data(), counts[me], MPI_INT, whole.data(), counts.data(), displs.data(), MPI_INT, raw) == MPI_SUCCESS);
        CHECK(whole == expected);
        vector<int> mine(part.size(), -1);
        CHECK(large<MPI_Scatterv, 20>(expected.data(), counts.data(), displs.data(), MPI_INT, mine.data(), counts[me], MPI_INT, root, raw) ==
              MPI_SUCCESS);
        CHECK(mine == part);
        whole.assign(expected.size(), -1);
        CHECK(large<MPI_Alltoallv, 20>(whole.data(), vector<Count>(size).data(), displs.data(), MPI_INT, whole.data(), vector<Count>(size).data(),
                                       displs.data(), MPI_INT, raw) == MPI_SUCCESS);  // nothing, wherever it lies
        CHECK(whole == vector<int>(whole.size(), -1));
        vector<Count> to_me(size, counts[me]);
        vector<Aint> back(size);
        for (std::size_t i = 0; i < size; ++i) back[i] = static_cast<Aint>(i) * static_cast<Aint>(counts[me]);
        vector<int> received(part.size() * size, -1);
        CHECK(large<MPI_Alltoallv, 20>(expected.data(), counts.data(), displs.data(), MPI_INT, received.data(), to_me.data(), back.data(), MPI_INT,
                                       raw) == MPI_SUCCESS);
        CHECK(received == vector<int>(received.size(), comm.rank()));
    });
}

TEST_CASE("What an MPI without large counts has no way for is an error that says so", "[large_count][error]") {
    const MPI_Comm self = MPI_COMM_SELF;
    const auto works = [](int code) {
        if (code == MPI_SUCCESS)
            return true;
        CHECK(MPI::Get_error_class(code) == MPI::ERR_COUNT);
        CHECK(MPI::Get_error_string(code).find("not supported by this MPI") == 0);
        return false;
    };
    const vector<int> sent = numbers(8, 0);
    vector<int> got(9, -1);
    const Count seven = 7;
    const Aint one = 1;
    if (works(large<MPI_Gatherv>(sent.data(), seven, MPI_INT, got.data(), &seven, &one, MPI_INT, 0, self)))
        CHECK(got == vector<int>{-1, 0, 1, 2, 3, 4, 5, 6, -1});
    got.assign(9, -1);
    MPI_Request request = MPI_REQUEST_NULL;
    if (works(large<MPI_Iallreduce>(sent.data(), got.data(), seven, MPI_INT, MPI_SUM, self, &request)))
        MPI_Wait(&request, MPI_STATUS_IGNORE);
    if (works(large<MPI_Reduce_scatter_block>(sent.data(), got.data(), seven, MPI_INT, MPI_SUM, self)))
        CHECK(got[6] == 6);
    if (works(large<MPI_Reduce_scatter>(sent.data(), got.data(), &seven, MPI_INT, MPI_SUM, self)))
        CHECK(got[6] == 6);
}

TEST_CASE("Datatypes of many elements have the extent of all", "[large_count]") {
    for (const Count count : {1, 3, 9, 10, 1000})
        for (const Count stride : {2, -5, 100}) {
            MPI_Datatype type = MPI_DATATYPE_NULL;
            CHECK(large<MPI_Type_vector>(count, Count{2}, stride, MPI_INT, &type) == MPI_SUCCESS);
            const MPI::Datatype vector = MPI::Datatype::take(type);
            const Aint last = (count - 1) * stride, size = sizeof(int);
            CHECK(vector.Get_size() == 2 * count * size);
            CHECK(vector.Get_extent().extent == (std::abs(last) + 2) * size);
            CHECK(vector.Get_extent().lb == std::min<Aint>(last, 0) * size);
            CHECK(large<MPI_Type_contiguous>(count, MPI_DOUBLE, &type) == MPI_SUCCESS);
            const MPI::Datatype contiguous = MPI::Datatype::take(type);
            CHECK(contiguous.Get_size() == count * 8);
            CHECK(contiguous.Get_extent().extent == count * 8);
        }
}

TEST_CASE("Datatypes of large counts are those of small ones", "[large_count][datatype]") {
    vector<int> memory(600);
    std::iota(memory.begin(), memory.end(), 0);
    // the bytes that an element in the middle of the memory consists of, and its bounds
    const auto check_same = [&](MPI_Datatype of_small, MPI_Datatype of_large) {
        const MPI::Datatype expected = MPI::Datatype::take(of_small).Commit(), got = MPI::Datatype::take(of_large).Commit();
        CHECK(got.size() == expected.size());
        CHECK(got.lb() == expected.lb());
        CHECK(got.extent() == expected.extent());
        CHECK(got.true_lb() == expected.true_lb());
        CHECK(got.true_extent() == expected.true_extent());
        const auto image = [&](const MPI::Datatype& type) {
            vector<std::byte> packed(static_cast<std::size_t>(type.size()) + 1);
            int position = 0;
            CHECK(MPI_Pack(&memory[300], 1, type.handle(), packed.data(), static_cast<int>(packed.size()), &position, MPI_COMM_SELF) == MPI_SUCCESS);
            return packed;
        };
        CHECK(image(got) == image(expected));
    };
    const auto check = [&](auto small, auto large) {
        MPI_Datatype of_small = MPI_DATATYPE_NULL, of_large = MPI_DATATYPE_NULL;
        CHECK(small(&of_small) == MPI_SUCCESS);
        CHECK(large(&of_large) == MPI_SUCCESS);
        check_same(of_small, of_large);
    };
    const MPI::Datatype odd = MPI::Datatype::Create_struct({1, 1}, {0, 8}, {MPI::INT, MPI::CHAR});  // with padding behind
    const MPI::Datatype set = MPI::INT.Resized(-4, 12);                                             // with bounds of its own
    for (const MPI_Datatype element : {MPI_INT, odd.handle(), set.handle()})
        for (const vector<int>& lengths : {vector<int>{5, 0, 2, 4}, {3, 0, 2, 3}, {2, 5, 1, 3}}) {
            const vector<int> displs{10, 3, 7, -8};
            const vector<Count> wide_lengths(lengths.begin(), lengths.end()), wide_displs(displs.begin(), displs.end());
            const vector<Aint> bytes{120, 3, 84, -96};
            const vector<MPI_Datatype> types{element, MPI_DOUBLE, MPI_CHAR, element};
            for (const Count n : {0, 1, 2, 4}) {
                const int m = static_cast<int>(n);
                check([&](auto* t) { return MPI_Type_create_hvector(m, 5, -100, element, t); },
                      [&](auto* t) { return large<MPI_Type_create_hvector>(n, Count{5}, Aint{-100}, element, t); });
                check([&](auto* t) { return MPI_Type_indexed(m, lengths.data(), displs.data(), element, t); },
                      [&](auto* t) { return large<MPI_Type_indexed>(n, wide_lengths.data(), wide_displs.data(), element, t); });
                check([&](auto* t) { return MPI_Type_create_hindexed(m, lengths.data(), bytes.data(), element, t); },
                      [&](auto* t) { return large<MPI_Type_create_hindexed>(n, wide_lengths.data(), bytes.data(), element, t); });
                check([&](auto* t) { return MPI_Type_create_indexed_block(m, 2, displs.data(), element, t); },
                      [&](auto* t) { return large<MPI_Type_create_indexed_block, 1>(n, Count{2}, wide_displs.data(), element, t); });
                check([&](auto* t) { return MPI_Type_create_hindexed_block(m, 7, bytes.data(), element, t); },
                      [&](auto* t) { return large<MPI_Type_create_hindexed_block>(n, Count{7}, bytes.data(), element, t); });
                check([&](auto* t) { return MPI_Type_create_struct(m, lengths.data(), bytes.data(), types.data(), t); },
                      [&](auto* t) { return large<MPI_Type_create_struct>(n, wide_lengths.data(), bytes.data(), types.data(), t); });
            }
        }
}

TEST_CASE("Parts of large arrays are those of small ones", "[large_count][datatype]") {
    const vector<int> memory = numbers(1000, 0);
    const auto elements = [&](MPI_Datatype raw) {
        const MPI::Datatype type = MPI::Datatype::take(raw).Commit();
        vector<int> result(static_cast<std::size_t>(type.size()) / sizeof(int) + 1);  // no null address
        int position = 0;
        CHECK(MPI_Pack(memory.data(), 1, type.handle(), result.data(), static_cast<int>(type.size()), &position, MPI_COMM_SELF) == MPI_SUCCESS);
        result.push_back(static_cast<int>(type.lb()));
        result.push_back(static_cast<int>(type.extent()));
        return result;
    };
    MPI_Datatype of_small = MPI_DATATYPE_NULL, of_large = MPI_DATATYPE_NULL;
    for (const int order : {MPI_ORDER_C, MPI_ORDER_FORTRAN}) {
        const vector<int> sizes{5, 8, 11}, subsizes{4, 7, 10}, starts{1, 0, 1};
        const vector<Count> n(sizes.begin(), sizes.end()), of(subsizes.begin(), subsizes.end()), from(starts.begin(), starts.end());
        CHECK(MPI_Type_create_subarray(3, sizes.data(), subsizes.data(), starts.data(), order, MPI_INT, &of_small) == MPI_SUCCESS);
        CHECK(large<MPI_Type_create_subarray>(3, n.data(), of.data(), from.data(), order, MPI_INT, &of_large) == MPI_SUCCESS);
        CHECK(elements(of_large) == elements(of_small));

        const int none = MPI_DISTRIBUTE_NONE, block = MPI_DISTRIBUTE_BLOCK, cyclic = MPI_DISTRIBUTE_CYCLIC, usual = MPI_DISTRIBUTE_DFLT_DARG;
        struct Grid {
            vector<int> distribs, dargs, psizes;
        };
        for (const Grid& grid : {Grid{{block, block, block}, {usual, usual, 6}, {2, 3, 2}}, Grid{{cyclic, cyclic, cyclic}, {usual, 3, 2}, {2, 2, 3}},
                                 Grid{{cyclic, none, block}, {1, usual, 4}, {3, 1, 4}}, Grid{{block, cyclic, none}, {5, 5, usual}, {2, 6, 1}}})
            for (int rank = 0; rank < 12; ++rank) {
                CAPTURE(rank);
                CHECK(MPI_Type_create_darray(12, rank, 3, sizes.data(), grid.distribs.data(), grid.dargs.data(), grid.psizes.data(), order, MPI_INT,
                                             &of_small) == MPI_SUCCESS);
                CHECK(large<MPI_Type_create_darray>(12, rank, 3, n.data(), grid.distribs.data(), grid.dargs.data(), grid.psizes.data(), order,
                                                    MPI_INT, &of_large) == MPI_SUCCESS);
                CHECK(elements(of_large) == elements(of_small));
            }
    }
}

TEST_CASE("Large packing is packing", "[large_count][datatype]") {
    const MPI_Comm self = MPI_COMM_SELF;
    const MPI::Datatype gap = MPI::INT.Resized(0, 3 * sizeof(int)).Commit();
    for (const Count count : {0, 1, 4, 50}) {
        const vector<int> sent = numbers(3 * count + 1, 7);  // no null address
        const auto n = static_cast<std::size_t>(count);
        Count size = -1, position = 4, from = 4;
        CHECK(large<MPI_Pack_size, 10>(count, gap.handle(), self, &size) == MPI_SUCCESS);
        CHECK(size == count * static_cast<Count>(sizeof(int)));
        vector<int> packed(n + 2, -1), got(3 * n + 1, -1);
        CHECK(large<MPI_Pack, 10>(sent.data(), count, gap.handle(), packed.data(), 4 + size, &position, self) == MPI_SUCCESS);
        CHECK(position == 4 + size);
        CHECK(packed.front() == -1);
        CHECK(packed.back() == -1);
        for (std::size_t i = 0; i < n; ++i) CHECK(packed[i + 1] == sent[3 * i]);
        CHECK(large<MPI_Unpack, 10>(packed.data(), 4 + size, &from, got.data(), count, gap.handle(), self) == MPI_SUCCESS);
        CHECK(from == 4 + size);
        for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == (i % 3 == 0 && i < 3 * n ? sent[i] : -1));

        Aint external = -1, end = 4, begin = 4;
        CHECK(large<MPI_Pack_external_size>("external32", count, gap.handle(), &external) == MPI_SUCCESS);
        CHECK(external == size);
        vector<int> again(got.size(), -1);
        CHECK(large<MPI_Pack_external>("external32", sent.data(), count, gap.handle(), packed.data(), 4 + external, &end) == MPI_SUCCESS);
        CHECK(end == 4 + external);
        CHECK(large<MPI_Unpack_external>("external32", packed.data(), 4 + external, &begin, again.data(), count, gap.handle()) == MPI_SUCCESS);
        CHECK(begin == end);
        CHECK(again == got);
    }
}

// Real ones. They need some 13 GiB, so they run only when asked for.
TEST_CASE("More than 2^31 elements and bytes arrive", "[.][long]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Count many = (Count{1} << 31) + 12'345;
    const auto n = static_cast<std::size_t>(many);
    const auto pattern = [](std::size_t i) { return static_cast<unsigned char>(i * 2654435761U >> 24); };
    const auto is_pattern = [&](const unsigned char* data) {
        for (std::size_t i = 0; i < n; ++i)
            if (data[i] != pattern(i))
                return false;
        return true;
    };
    const auto data = std::make_unique_for_overwrite<unsigned char[]>(n);
    if (comm.rank() == 0) {
        for (std::size_t i = 0; i < n; ++i) data[i] = pattern(i);
        comm.Send({data.get(), many}, 1);
    } else if (comm.rank() == 1) {
        MPI::Status status;
        comm.Recv({data.get(), many}, 0, MPI::ANY_TAG, &status);
        CHECK(status.Get_count(MPI::UNSIGNED_CHAR) == many);
        CHECK(status.count() == many);
        CHECK(is_pattern(data.get()));
        std::memset(data.get(), 0, n);
    }
    comm.Bcast({data.get(), many}, 0);
    CHECK(is_pattern(data.get()));
    comm.Allreduce(MPI::IN_PLACE, {data.get(), many}, MPI::MAX);
    CHECK(is_pattern(data.get()));
}

TEST_CASE("One element of more than 2^31 bytes, with a gap, arrives whole", "[.][long]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const Count many = (Count{1} << 31) + 12'345, gap = 1000, last = 500;
    const auto n = static_cast<std::size_t>(many + gap + last);
    const MPI::Datatype blocks = MPI::BYTE.Create_indexed({many, last}, {0, many + gap}).Commit();
    CHECK(blocks.size() == many + last);
    CHECK(blocks.extent() == many + gap + last);
    const MPI::Datatype part = MPI::BYTE.Create_subarray({2, many / 2 + 900}, {2, many / 2}, {0, 100}).Commit();
    const auto pattern = [](std::size_t i) { return static_cast<unsigned char>(i * 2654435761U >> 24); };
    const auto data = std::make_unique_for_overwrite<unsigned char[]>(n);
    if (comm.rank() == 0) {
        for (std::size_t i = 0; i < n; ++i) data[i] = pattern(i);
        comm.Send({data.get(), 1, blocks}, 1);
        comm.Send({data.get(), 1, part}, 1);
    } else if (comm.rank() == 1) {
        const auto right = [&](auto is_sent) {
            for (std::size_t i = 0; i < n; ++i)
                if (data[i] != (is_sent(static_cast<Count>(i)) ? pattern(i) : 7))
                    return false;
            return true;
        };
        std::memset(data.get(), 7, n);
        comm.Recv({data.get(), 1, blocks}, 0);
        CHECK(right([&](Count i) { return i < many || i >= many + gap; }));
        std::memset(data.get(), 7, n);
        comm.Recv({data.get(), 1, part}, 0);
        CHECK(right([&](Count i) {
            const Count row = many / 2 + 900, column = i % row;
            return i < 2 * row && column >= 100 && column < 100 + many / 2;
        }));
    }
}
