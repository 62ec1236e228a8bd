// Every family of collective calls in its three forms. Counts, displacements and datatypes are made useless as soon as a
// call has returned, for those that go on must have their own.
#include "catch.hpp"
#include "forms.hpp"

#include <mpi4cxx/mpi4cxx.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace MPI = mpi4cxx;
using std::vector;

namespace {

/// `n` elements of `rank`.
vector<int> part_of(int rank, std::size_t n) {
    vector<int> part(n);
    std::iota(part.begin(), part.end(), 100 * rank);
    return part;
}

/// A buffer of one block a process: of process i, i % 3 elements, which leaves some without; with a gap after each, filled with -1.
struct Blocks {
    vector<int> counts, displs;
    std::size_t length = 0;
    explicit Blocks(int size) {
        for (int i = 0; i < size; ++i) {
            counts.push_back(i % 3);
            displs.push_back(static_cast<int>(length));
            length += static_cast<std::size_t>(i % 3) + 1;
        }
    }
    /// With the block of process i at its place.
    [[nodiscard]] vector<int> filled() const {
        vector<int> all(length, -1);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const vector<int> part = part_of(static_cast<int>(i), static_cast<std::size_t>(counts[i]));
            std::copy(part.begin(), part.end(), all.begin() + displs[i]);
        }
        return all;
    }
};

template <class Wide> vector<Wide> as(const vector<int>& values) { return {values.begin(), values.end()}; }

/// Calls `f(counts, displs)` with vectors of int, and of Count and Aint.
template <class F> void for_both_widths(const Blocks& blocks, F f) {
    f(blocks.counts, blocks.displs);
    f(as<MPI::Count>(blocks.counts), as<MPI::Aint>(blocks.displs));
}

template <class F> void for_each_root(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) {
        for (int root = 0; root < comm.size(); ++root) for_each_form([&](auto form) { f(comm, root, form); });
    });
}
template <class F> void for_each_comm_and_form(F f) {
    for_each_comm([&](const MPI::Intracomm& comm) { for_each_form([&](auto form) { f(comm, form); }); });
}

/// A user's operation that goes as soon as the call has it; what it captures tells whether it is still there.
struct Passing {
    std::shared_ptr<int> captured = std::make_shared<int>(1);
    std::weak_ptr<int> alive = captured;
    MPI::Op op = MPI::Op::Create<Affine>([one = std::move(captured)](const Affine& f, const Affine& g) { return compose(f, {g.a * *one, g.b}); });
    void go() { op = MPI::Op(); }
};

}  // namespace

TEST_CASE("Every form of a barrier lets nobody through before all have come", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        const int next = right_of(comm), previous = left_of(comm);
        int come = -1;
        MPI::Request message = comm.Irecv(come, previous, 1);
        MPI::Request sent = comm.Isend(next, next, 1);
        sent.Wait();
        message.Wait();
        finish(
            form([&] { comm.Barrier(); }, [&] { return comm.Ibarrier(); }, [&] { return comm.Barrier_init(); }), [] {}, [] {});
        CHECK(come == comm.rank());
    });
}

TEST_CASE("Every form of Bcast copies from every root", "[collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root, auto form) {
        vector<int> data(5);
        vector<double> none;
        const auto reset = [&] { std::iota(data.begin(), data.end(), comm.rank() == root ? 100 * root : -9); };
        reset();
        auto empty = form([&] { comm.Bcast(none, root); }, [&] { return comm.Ibcast(none, root); }, [&] { return comm.Bcast_init(none, root); });
        finish(form([&] { comm.Bcast(data, root); }, [&] { return comm.Ibcast(data, root); }, [&] { return comm.Bcast_init(data, root); }), reset,
               [&] { CHECK(data == part_of(root, 5)); });
        empty.finish();
    });
}

TEST_CASE("Every form of Gather and Scatter moves equal blocks", "[collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root, auto form) {
        const auto size = static_cast<std::size_t>(comm.size());
        const bool is_root = comm.rank() == root;
        const vector<int> mine = part_of(comm.rank(), 2);
        vector<int> expected, all(is_root ? 2 * size : 0, -1), one(2, -1);
        for (int i = 0; i < comm.size(); ++i)
            for (const int x : part_of(i, 2)) expected.push_back(x);
        finish(
            form([&] { comm.Gather(mine, all, root); }, [&] { return comm.Igather(mine, all, root); },
                 [&] { return comm.Gather_init(mine, all, root); }),
            [&] { std::fill(all.begin(), all.end(), -1); }, [&] { CHECK(all == (is_root ? expected : vector<int>())); });
        finish(
            form([&] { comm.Scatter(all, one, root); }, [&] { return comm.Iscatter(all, one, root); },
                 [&] { return comm.Scatter_init(all, one, root); }),
            [&] { std::fill(one.begin(), one.end(), -1); }, [&] { CHECK(one == mine); });

        // in place the root's block lies where it belongs
        if (is_root)
            std::copy(mine.begin(), mine.end(), std::fill_n(all.begin(), 2 * root, -1));
        const MPI::ConstBuf give = is_root ? MPI::ConstBuf(MPI::IN_PLACE) : MPI::ConstBuf(mine);
        form([&] { comm.Gather(give, all, root); }, [&] { return comm.Igather(give, all, root); }, [&] { return comm.Gather_init(give, all, root); })
            .finish();
        CHECK(all == (is_root ? expected : vector<int>()));
        const MPI::Buf take = is_root ? MPI::Buf(MPI::IN_PLACE) : MPI::Buf(one);
        form([&] { comm.Scatter(all, take, root); }, [&] { return comm.Iscatter(all, take, root); },
             [&] { return comm.Scatter_init(all, take, root); })
            .finish();
        CHECK(one == mine);
        form([&] { comm.Gather({}, {}, root); }, [&] { return comm.Igather({}, {}, root); }, [&] { return comm.Gather_init({}, {}, root); }).finish();
        form([&] { comm.Scatter({}, {}, root); }, [&] { return comm.Iscatter({}, {}, root); }, [&] { return comm.Scatter_init({}, {}, root); })
            .finish();
    });
}

TEST_CASE("Every form of Gatherv and Scatterv puts each block in its place", "[collective]") {
    for_each_root([](const MPI::Intracomm& comm, int root, auto form) {
        const Blocks blocks(comm.size());
        const bool is_root = comm.rank() == root;
        const vector<int> mine = part_of(comm.rank(), static_cast<std::size_t>(comm.rank() % 3));
        for_both_widths(blocks, [&](auto counts, auto displs) {
            auto counts2 = counts, displs2 = displs;
            vector<int> all(is_root ? blocks.length : 0, -1), one(mine.size(), -1);
            const auto recv = [&] { return is_root ? MPI::BufV(all, counts, displs) : MPI::BufV(); };
            auto gather = form([&] { comm.Gatherv(mine, recv(), root); }, [&] { return comm.Igatherv(mine, recv(), root); },
                               [&] { return comm.Gatherv_init(mine, recv(), root); });
            spoil(counts, displs);
            finish(
                std::move(gather), [&] { std::fill(all.begin(), all.end(), -1); },
                [&] { CHECK(all == (is_root ? blocks.filled() : vector<int>())); });
            const auto send = [&] { return is_root ? MPI::ConstBufV(all, counts2, displs2) : MPI::ConstBufV(); };
            auto scatter = form([&] { comm.Scatterv(send(), one, root); }, [&] { return comm.Iscatterv(send(), one, root); },
                                [&] { return comm.Scatterv_init(send(), one, root); });
            spoil(counts2, displs2);
            finish(
                std::move(scatter), [&] { std::fill(one.begin(), one.end(), -1); }, [&] { CHECK(one == mine); });
        });
        // packed, and in place
        vector<int> counts = blocks.counts, packed(static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), 0)), -1), expected;
        for (int i = 0; i < comm.size(); ++i)
            for (const int x : part_of(i, static_cast<std::size_t>(i % 3))) expected.push_back(x);
        if (is_root)
            std::copy(mine.begin(), mine.end(), packed.begin() + std::accumulate(counts.begin(), counts.begin() + root, 0));
        const MPI::ConstBuf give = is_root ? MPI::ConstBuf(MPI::IN_PLACE) : MPI::ConstBuf(mine);
        auto gather = form(
            [&] {
                comm.Gatherv(give, {packed, counts}, root);
            },
            [&] {
                return comm.Igatherv(give, {packed, counts}, root);
            },
            [&] {
                return comm.Gatherv_init(give, {packed, counts}, root);
            });
        spoil(counts);
        gather.finish();
        if (is_root)
            CHECK(packed == expected);
    });
}

TEST_CASE("Every form of Allgather and Alltoall moves equal blocks", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        const auto size = static_cast<std::size_t>(comm.size());
        const vector<int> mine = part_of(comm.rank(), 2);
        vector<int> expected, all(2 * size, -1);
        for (int i = 0; i < comm.size(); ++i)
            for (const int x : part_of(i, 2)) expected.push_back(x);
        const auto reset = [&] { std::fill(all.begin(), all.end(), -1); };
        finish(form([&] { comm.Allgather(mine, all); }, [&] { return comm.Iallgather(mine, all); }, [&] { return comm.Allgather_init(mine, all); }),
               reset, [&] { CHECK(all == expected); });
        reset();
        std::copy(mine.begin(), mine.end(), all.begin() + 2 * comm.rank());
        form([&] { comm.Allgather(MPI::IN_PLACE, all); }, [&] { return comm.Iallgather(MPI::IN_PLACE, all); },
             [&] { return comm.Allgather_init(MPI::IN_PLACE, all); })
            .finish();
        CHECK(all == expected);

        vector<int> row, column;  // to process i goes 10 * rank + i
        for (int i = 0; i < comm.size(); ++i) {
            row.push_back(10 * comm.rank() + i);
            column.push_back(10 * i + comm.rank());
        }
        vector<int> in_place = row, got(size, -1);
        finish(
            form([&] { comm.Alltoall(row, got); }, [&] { return comm.Ialltoall(row, got); }, [&] { return comm.Alltoall_init(row, got); }),
            [&] { std::fill(got.begin(), got.end(), -1); }, [&] { CHECK(got == column); });
        form([&] { comm.Alltoall(MPI::IN_PLACE, in_place); }, [&] { return comm.Ialltoall(MPI::IN_PLACE, in_place); },
             [&] { return comm.Alltoall_init(MPI::IN_PLACE, in_place); })
            .finish();
        CHECK(in_place == column);
        form([&] { comm.Allgather({}, {}); }, [&] { return comm.Iallgather({}, {}); }, [&] { return comm.Allgather_init({}, {}); }).finish();
        form([&] { comm.Alltoall({}, {}); }, [&] { return comm.Ialltoall({}, {}); }, [&] { return comm.Alltoall_init({}, {}); }).finish();
    });
}

TEST_CASE("Every form of Allgatherv puts each block in its place", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        Blocks blocks(comm.size());
        for (int& displ : blocks.displs) ++displ;  // also the first is not at the beginning
        ++blocks.length;
        const vector<int> mine = part_of(comm.rank(), static_cast<std::size_t>(comm.rank() % 3));
        for_both_widths(blocks, [&](auto counts, auto displs) {
            vector<int> all(blocks.length, -1);
            auto call = form(
                [&] {
                    comm.Allgatherv(mine, {all, counts, displs});
                },
                [&] {
                    return comm.Iallgatherv(mine, {all, counts, displs});
                },
                [&] {
                    return comm.Allgatherv_init(mine, {all, counts, displs});
                });
            spoil(counts, displs);
            finish(
                std::move(call), [&] { std::fill(all.begin(), all.end(), -1); }, [&] { CHECK(all == blocks.filled()); });
        });
        vector<int> all(blocks.length, -1), counts = blocks.counts, displs = blocks.displs;
        std::copy(mine.begin(), mine.end(), all.begin() + displs[static_cast<std::size_t>(comm.rank())]);
        auto call = form(
            [&] {
                comm.Allgatherv(MPI::IN_PLACE, {all, counts, displs});
            },
            [&] {
                return comm.Iallgatherv(MPI::IN_PLACE, {all, counts, displs});
            },
            [&] {
                return comm.Allgatherv_init(MPI::IN_PLACE, {all, counts, displs});
            });
        spoil(counts, displs);
        call.finish();
        CHECK(all == blocks.filled());
    });
}

TEST_CASE("Allgatherv of one process puts its block where it belongs", "[collective]") {
    for_each_form([](auto form) {
        const MPI::Intracomm& comm = MPI::COMM_SELF;
        const vector<int> mine{1, 2};
        vector<int> all(5, -1), counts{2}, displs{2};
        auto call = form(
            [&] {
                comm.Allgatherv(mine, {all, counts, displs});
            },
            [&] {
                return comm.Iallgatherv(mine, {all, counts, displs});
            },
            [&] {
                return comm.Allgatherv_init(mine, {all, counts, displs});
            });
        spoil(counts, displs);
        call.finish();
        CHECK(all == vector<int>{-1, -1, 1, 2, -1});
    });
}

TEST_CASE("Every form of Alltoallv sends each its block", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        // (i + rank) % 3 elements go from rank to i, so as many come back: each 10 * rank + i
        Blocks send(comm.size());
        send.length = 0;
        for (int i = 0; i < comm.size(); ++i) {
            send.counts[static_cast<std::size_t>(i)] = (i + comm.rank()) % 3;
            send.displs[static_cast<std::size_t>(i)] = static_cast<int>(send.length);
            send.length += static_cast<std::size_t>((i + comm.rank()) % 3) + 1;
        }
        vector<int> out(send.length, -1), expected(send.length, -1);
        for (int i = 0; i < comm.size(); ++i)
            for (int j = 0; j < send.counts[static_cast<std::size_t>(i)]; ++j) {
                const auto at = static_cast<std::size_t>(send.displs[static_cast<std::size_t>(i)] + j);
                out[at] = 10 * comm.rank() + i;
                expected[at] = 10 * i + comm.rank();
            }
        for_both_widths(send, [&](auto counts, auto displs) {
            auto counts2 = counts, displs2 = displs;
            vector<int> in(send.length, -1);
            auto call = form(
                [&] {
                    comm.Alltoallv({out, counts, displs}, {in, counts2, displs2});
                },
                [&] {
                    return comm.Ialltoallv({out, counts, displs}, {in, counts2, displs2});
                },
                [&] {
                    return comm.Alltoallv_init({out, counts, displs}, {in, counts2, displs2});
                });
            spoil(counts, displs, counts2, displs2);
            finish(
                std::move(call), [&] { std::fill(in.begin(), in.end(), -1); }, [&] { CHECK(in == expected); });
        });
        vector<int> counts = send.counts, displs = send.displs;
        auto call = form(
            [&] {
                comm.Alltoallv(MPI::IN_PLACE, {out, counts, displs});
            },
            [&] {
                return comm.Ialltoallv(MPI::IN_PLACE, {out, counts, displs});
            },
            [&] {
                return comm.Alltoallv_init(MPI::IN_PLACE, {out, counts, displs});
            });
        spoil(counts, displs);
        call.finish();
        CHECK(out == expected);
    });
}

TEST_CASE("Every form of Alltoallw sends each a block of a datatype of its own", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        // to even ranks goes an int, to odd ones a double, at multiples of 8 bytes. The first two are free.
        const auto size = static_cast<std::size_t>(comm.size());
        const auto at = [](int i) { return static_cast<std::size_t>(i) + 2; };
        const bool odd = comm.rank() % 2 == 1;
        vector<double> out(size + 2, -1), in(size + 2, -1);
        vector<int> counts(size, 1), displs;
        vector<MPI::Datatype> out_types, in_types;
        for (int i = 0; i < comm.size(); ++i) {
            displs.push_back(8 * (i + 2));
            out_types.push_back(MPI::Datatype::borrow(i % 2 == 1 ? MPI_DOUBLE : MPI_INT));
            in_types.push_back(MPI::Datatype::borrow(odd ? MPI_DOUBLE : MPI_INT));
            const int value = 10 * comm.rank() + i;
            if (i % 2 == 1)
                out[at(i)] = value;
            else
                std::memcpy(&out[at(i)], &value, sizeof value);
        }
        const auto check = [&](const vector<double>& got) {
            for (int i = 0; i < comm.size(); ++i) {
                int whole = 0;
                std::memcpy(&whole, &got[at(i)], sizeof whole);
                CHECK((odd ? got[at(i)] : whole) == 10 * i + comm.rank());
            }
        };
        const auto each_width = [&](auto c, auto d) {
            auto c2 = c, d2 = d;
            auto types = std::make_unique<vector<MPI::Datatype>>();
            for (const MPI::Datatype& type : out_types) types->push_back(type.Dup());  // freed before the call is complete
            auto call = form(
                [&] {
                    comm.Alltoallw({out, c, d, *types}, {in, c2, d2, in_types});
                },
                [&] {
                    return comm.Ialltoallw({out, c, d, *types}, {in, c2, d2, in_types});
                },
                [&] {
                    return comm.Alltoallw_init({out, c, d, out_types}, {in, c2, d2, in_types});
                });
            types.reset();
            spoil(c, d, c2, d2);
            finish(
                std::move(call), [&] { std::fill(in.begin(), in.end(), -1); }, [&] { check(in); });
        };
        each_width(counts, displs);
        each_width(as<MPI::Count>(counts), as<MPI::Aint>(displs));

        // one element each at displacement 0: the types tell the place
        vector<MPI::Datatype> out_places, in_places;
        for (int i = 0; i < comm.size(); ++i) {
            out_places.push_back(out_types[static_cast<std::size_t>(i)].Create_hindexed({1}, {8 * (i + 2)}));
            in_places.push_back(in_types[static_cast<std::size_t>(i)].Create_hindexed({1}, {8 * (i + 2)}));
            out_places.back().Commit();
            in_places.back().Commit();
        }
        std::fill(in.begin(), in.end(), -1);
        form(
            [&] {
                comm.Alltoallw({out, out_places}, {in, in_places});
            },
            [&] {
                return comm.Ialltoallw({out, out_places}, {in, in_places});
            },
            [&] {
                return comm.Alltoallw_init({out, out_places}, {in, in_places});
            })
            .finish();
        check(in);

        // in place all exchange the same type
        vector<int> same, expected;
        for (int i = 0; i < comm.size(); ++i) {
            same.push_back(10 * comm.rank() + i);
            expected.push_back(10 * i + comm.rank());
        }
        vector<int> places;
        for (int i = 0; i < comm.size(); ++i) places.push_back(4 * i);
        vector<MPI::Datatype> ints;
        for (int i = 0; i < comm.size(); ++i) ints.push_back(MPI::Datatype::borrow(MPI_INT));
        form(
            [&] {
                comm.Alltoallw(MPI::IN_PLACE, {same, counts, places, ints});
            },
            [&] {
                return comm.Ialltoallw(MPI::IN_PLACE, {same, counts, places, ints});
            },
            [&] {
                return comm.Alltoallw_init(MPI::IN_PLACE, {same, counts, places, ints});
            })
            .finish();
        CHECK(same == expected);
        form(
            [&] {
                comm.Alltoallw({same, counts, places, ints}, {same, counts, places, ints});
            },
            [&] {
                return comm.Ialltoallw({same, counts, places, ints}, {same, counts, places, ints});
            },
            [&] {
                return comm.Alltoallw_init({same, counts, places, ints}, {same, counts, places, ints});
            })
            .finish();
        for (int i = 0; i < comm.size(); ++i) CHECK(same[static_cast<std::size_t>(i)] == 10 * comm.rank() + i);  // as before both
    });
}

TEST_CASE("Alltoallw in place takes blocks of different sizes", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        for_each_form([&](auto form) {
            vector<int> all, expected, bytes;
            const vector<int> ones(static_cast<std::size_t>(comm.size()), 1);
            vector<MPI::Datatype> types;
            for (int i = 0; i < comm.size(); ++i) {
                const int count = 1 + comm.rank() + i;
                bytes.push_back(static_cast<int>(4 * all.size()));
                types.push_back(MPI::INT.Create_contiguous(count).Commit());
                all.insert(all.end(), static_cast<std::size_t>(count), comm.rank());
                expected.insert(expected.end(), static_cast<std::size_t>(count), i);
            }
            const auto exchange = [&] {
                form(
                    [&] {
                        comm.Alltoallw(MPI::IN_PLACE, {all, ones, bytes, types});
                    },
                    [&] {
                        return comm.Ialltoallw(MPI::IN_PLACE, {all, ones, bytes, types});
                    },
                    [&] {
                        return comm.Alltoallw_init(MPI::IN_PLACE, {all, ones, bytes, types});
                    })
                    .finish();
            };
            // of more than one process, some MPIs cannot do it in a persistent call
            const std::string refused = thrown<std::invalid_argument>(exchange);
            if (refused.empty())
                CHECK(all == expected);
            else
                CHECK(contains(refused, "Alltoallw_init: blocks in place of"));
        });
    });
}

TEST_CASE("Alltoallv and Alltoallw in place do not wait for processes that have only empty blocks", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> all(size, comm.rank()), counts(size, 0), bytes(size, 0);
        counts[static_cast<std::size_t>(comm.rank())] = comm.rank() == 0 ? 1 : 0;
        const vector<MPI::Datatype> types = [&] {
            vector<MPI::Datatype> ints;
            for (std::size_t i = 0; i < size; ++i) ints.push_back(MPI::Datatype::borrow(MPI_INT));
            return ints;
        }();
        comm.Alltoallw(MPI::IN_PLACE, {all, counts, bytes, types});
        comm.Ialltoallw(MPI::IN_PLACE, {all, counts, bytes, types}).Wait();
        comm.Alltoallv(MPI::IN_PLACE, {all, counts, bytes});
        comm.Ialltoallv(MPI::IN_PLACE, {all, counts, bytes}).Wait();
        comm.Ibarrier().Wait();
        CHECK(all == vector<int>(size, comm.rank()));
    });
}

TEST_CASE("A process without elements may give Alltoallv and Alltoallw one address for both sides", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        // the last process is idle: the others exchange numbers among themselves
        const int last = comm.size() - 1;
        const bool is_idle = comm.rank() == last;
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> counts(size, is_idle ? 0 : 1), places(size), bytes(size), out(size, comm.rank()), in(size, -1), expected(size, -1);
        counts.back() = 0;
        for (int i = 0; i < comm.size(); ++i) {
            places[static_cast<std::size_t>(i)] = i;
            bytes[static_cast<std::size_t>(i)] = 4 * i;
            if (!is_idle && i != last)
                expected[static_cast<std::size_t>(i)] = i;
        }
        vector<MPI::Datatype> ints;
        for (int i = 0; i < comm.size(); ++i) ints.push_back(MPI::Datatype::borrow(MPI_INT));
        vector<int>& from = is_idle ? in : out;
        const auto reset = [&] { std::fill(in.begin(), in.end(), -1); };
        finish(form(
                   [&] {
                       comm.Alltoallv({from, counts, places}, {in, counts, places});
                   },
                   [&] {
                       return comm.Ialltoallv({from, counts, places}, {in, counts, places});
                   },
                   [&] {
                       return comm.Alltoallv_init({from, counts, places}, {in, counts, places});
                   }),
               reset, [&] { CHECK(in == expected); });
        reset();
        finish(form(
                   [&] {
                       comm.Alltoallw({from, counts, bytes, ints}, {in, counts, bytes, ints});
                   },
                   [&] {
                       return comm.Ialltoallw({from, counts, bytes, ints}, {in, counts, bytes, ints});
                   },
                   [&] {
                       return comm.Alltoallw_init({from, counts, bytes, ints}, {in, counts, bytes, ints});
                   }),
               reset, [&] { CHECK(in == expected); });
    });
}

TEST_CASE("Alltoallw takes absolute addresses", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> out(size), in(size, -1), counts(size, 1);
        vector<MPI::Aint> from, to;
        vector<MPI::Datatype> ints;
        for (int i = 0; i < comm.size(); ++i) {
            out[static_cast<std::size_t>(i)] = 10 * comm.rank() + i;
            from.push_back(MPI::detail::get<MPI_Get_address>(&out[static_cast<std::size_t>(i)]));
            to.push_back(MPI::detail::get<MPI_Get_address>(&in[static_cast<std::size_t>(i)]));
            ints.push_back(MPI::Datatype::borrow(MPI_INT));
        }
        comm.Alltoallw({MPI::BOTTOM, counts, from, ints}, {MPI::BOTTOM, counts, to, ints});
        for (int i = 0; i < comm.size(); ++i) CHECK(in[static_cast<std::size_t>(i)] == 10 * i + comm.rank());
    });
}

TEST_CASE("Every form of a reduction combines in the order of ranks", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        const int rank = comm.rank(), size = comm.size();
        const vector<int> mine{rank, 1};
        vector<int> all(2, -1);
        const auto reset = [&] { std::fill(all.begin(), all.end(), -1); };
        const int sum = size * (size - 1) / 2;
        for (int root = 0; root < size; ++root) {
            reset();
            finish(form([&] { comm.Reduce(mine, all, MPI::SUM, root); }, [&] { return comm.Ireduce(mine, all, MPI::SUM, root); },
                        [&] { return comm.Reduce_init(mine, all, MPI::SUM, root); }),
                   reset, [&] {
                       CHECK(all == (rank == root ? vector<int>{sum, size} : vector<int>{-1, -1}));
                   });
            vector<int> in_place = mine;
            const MPI::ConstBuf give = rank == root ? MPI::ConstBuf(MPI::IN_PLACE) : MPI::ConstBuf(mine);
            const MPI::Buf take = rank == root ? MPI::Buf(in_place) : MPI::Buf();
            form([&] { comm.Reduce(give, take, MPI::SUM, root); }, [&] { return comm.Ireduce(give, take, MPI::SUM, root); },
                 [&] { return comm.Reduce_init(give, take, MPI::SUM, root); })
                .finish();
            CHECK(in_place == (rank == root ? vector<int>{sum, size} : mine));
        }
        finish(form([&] { comm.Allreduce(mine, all); }, [&] { return comm.Iallreduce(mine, all); }, [&] { return comm.Allreduce_init(mine, all); }),
               reset, [&] {
                   CHECK(all == vector<int>{sum, size});
               });
        all = mine;
        form([&] { comm.Allreduce(MPI::IN_PLACE, all); }, [&] { return comm.Iallreduce(MPI::IN_PLACE, all); },
             [&] { return comm.Allreduce_init(MPI::IN_PLACE, all); })
            .finish();
        CHECK(all == vector<int>{sum, size});
        finish(form([&] { comm.Scan(mine, all); }, [&] { return comm.Iscan(mine, all); }, [&] { return comm.Scan_init(mine, all); }), reset, [&] {
            CHECK(all == vector<int>{rank * (rank + 1) / 2, rank + 1});
        });
        all = mine;
        form([&] { comm.Scan(MPI::IN_PLACE, all); }, [&] { return comm.Iscan(MPI::IN_PLACE, all); },
             [&] { return comm.Scan_init(MPI::IN_PLACE, all); })
            .finish();
        CHECK(all == vector<int>{rank * (rank + 1) / 2, rank + 1});
        finish(form([&] { comm.Exscan(mine, all); }, [&] { return comm.Iexscan(mine, all); }, [&] { return comm.Exscan_init(mine, all); }), reset,
               [&] {
                   if (rank > 0)
                       CHECK(all == vector<int>{rank * (rank - 1) / 2, rank});
               });
        all = mine;
        form([&] { comm.Exscan(MPI::IN_PLACE, all); }, [&] { return comm.Iexscan(MPI::IN_PLACE, all); },
             [&] { return comm.Exscan_init(MPI::IN_PLACE, all); })
            .finish();
        if (rank > 0)
            CHECK(all == vector<int>{rank * (rank - 1) / 2, rank});
    });
}

TEST_CASE("Every form of Reduce_scatter deals out the result", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        const int rank = comm.rank(), size = comm.size();
        vector<int> all(2 * static_cast<std::size_t>(size));  // element i of every process is i
        std::iota(all.begin(), all.end(), 0);
        vector<int> mine(2, -1), in_place = all;
        const vector<int> expected{2 * rank * size, (2 * rank + 1) * size};
        finish(
            form([&] { comm.Reduce_scatter_block(all, mine); }, [&] { return comm.Ireduce_scatter_block(all, mine); },
                 [&] { return comm.Reduce_scatter_block_init(all, mine); }),
            [&] { std::fill(mine.begin(), mine.end(), -1); }, [&] { CHECK(mine == expected); });
        form([&] { comm.Reduce_scatter_block(MPI::IN_PLACE, in_place); }, [&] { return comm.Ireduce_scatter_block(MPI::IN_PLACE, in_place); },
             [&] { return comm.Reduce_scatter_block_init(MPI::IN_PLACE, in_place); })
            .finish();
        CHECK(vector<int>(in_place.begin(), in_place.begin() + 2) == expected);

        // i elements for process i
        vector<int> counts(static_cast<std::size_t>(size));
        std::iota(counts.begin(), counts.end(), 0);
        vector<MPI::Count> wide(counts.begin(), counts.end());
        const int first = rank * (rank - 1) / 2;
        all.assign(static_cast<std::size_t>(size * (size - 1) / 2), 0);
        std::iota(all.begin(), all.end(), 0);
        vector<int> block(static_cast<std::size_t>(rank), -1), sums;
        for (int i = 0; i < rank; ++i) sums.push_back((first + i) * size);
        const auto each = [&](auto c) {
            auto call = form([&] { comm.Reduce_scatter(all, block, c); }, [&] { return comm.Ireduce_scatter(all, block, c); },
                             [&] { return comm.Reduce_scatter_init(all, block, c); });
            spoil(c);
            finish(
                std::move(call), [&] { std::fill(block.begin(), block.end(), -1); }, [&] { CHECK(block == sums); });
        };
        if (size > 1) {  // some MPIs do not take a reduction of nothing
            each(counts);
            each(wide);
            // without counts these are found out
            finish(
                form([&] { comm.Reduce_scatter(all, block); }, [&] { return comm.Ireduce_scatter(all, block); },
                     [&] { return comm.Reduce_scatter_init(all, block); }),
                [&] { std::fill(block.begin(), block.end(), -1); }, [&] { CHECK(block == sums); });
            in_place = all;
            auto call = form([&] { comm.Reduce_scatter(MPI::IN_PLACE, in_place, counts); },
                             [&] { return comm.Ireduce_scatter(MPI::IN_PLACE, in_place, counts); },
                             [&] { return comm.Reduce_scatter_init(MPI::IN_PLACE, in_place, counts); });
            spoil(counts);
            call.finish();
            in_place.resize(static_cast<std::size_t>(rank));
            CHECK(in_place == sums);
        }
    });
}

TEST_CASE("A user's operation stays as long as the call that uses it, and no longer", "[collective]") {
    for_each_comm_and_form([](const MPI::Intracomm& comm, auto form) {
        const int rank = comm.rank(), size = comm.size();
        const Affine mine = map_of(rank);
        Affine all{}, upto{}, below{}, one{}, block{};
        vector<Affine> each(static_cast<std::size_t>(size), mine);
        vector<int> counts(static_cast<std::size_t>(size), 1);
        const auto passing = [&](Affine& result, const Affine& expected, auto start) {
            Passing operation;
            {
                auto call = start(operation.op);
                operation.go();
                if constexpr (!std::is_same_v<decltype(call), Blocking>)
                    CHECK_FALSE(operation.alive.expired());
                finish(
                    std::move(call), [&] { result = {}; }, [&] { CHECK(result == expected); });
            }
            CHECK(operation.alive.expired());
        };
        passing(all, composed(0, size), [&](const MPI::Op& op) {
            return form([&] { comm.Allreduce(mine, all, op); }, [&] { return comm.Iallreduce(mine, all, op); },
                        [&] { return comm.Allreduce_init(mine, all, op); });
        });
        passing(one, rank == 0 ? composed(0, size) : Affine{}, [&](const MPI::Op& op) {
            return form([&] { comm.Reduce(mine, one, op); }, [&] { return comm.Ireduce(mine, one, op); },
                        [&] { return comm.Reduce_init(mine, one, op); });
        });
        passing(upto, composed(0, rank + 1), [&](const MPI::Op& op) {
            return form([&] { comm.Scan(mine, upto, op); }, [&] { return comm.Iscan(mine, upto, op); },
                        [&] { return comm.Scan_init(mine, upto, op); });
        });
        passing(below, rank == 0 ? Affine{} : composed(0, rank), [&](const MPI::Op& op) {
            return form([&] { comm.Exscan(mine, below, op); }, [&] { return comm.Iexscan(mine, below, op); },
                        [&] { return comm.Exscan_init(mine, below, op); });
        });
        passing(block, composed(0, size), [&](const MPI::Op& op) {
            return form([&] { comm.Reduce_scatter_block(each, block, op); }, [&] { return comm.Ireduce_scatter_block(each, block, op); },
                        [&] { return comm.Reduce_scatter_block_init(each, block, op); });
        });
        passing(block, composed(0, size), [&](const MPI::Op& op) {
            return form([&] { comm.Reduce_scatter(each, block, counts, op); }, [&] { return comm.Ireduce_scatter(each, block, counts, op); },
                        [&] { return comm.Reduce_scatter_init(each, block, counts, op); });
        });
    });
}

TEST_CASE("More operations than have callbacks of their own stay too", "[collective]") {
    for_each_form([](auto form) {
        const MPI::Intracomm& comm = MPI::COMM_WORLD;
        vector<MPI::Op> many;
        for (int i = 0; i < 70; ++i) many.push_back(MPI::Op::Create<int>([i](int a, int b) { return std::max({a, b, i}); }));
        const int mine = comm.rank();
        int found = -1;
        auto call = form([&] { comm.Allreduce(mine, found, many.back()); }, [&] { return comm.Iallreduce(mine, found, many.back()); },
                         [&] { return comm.Allreduce_init(mine, found, many.back()); });
        many.clear();
        finish(
            std::move(call), [&] { found = -1; }, [&] { CHECK(found == (comm.size() == 1 ? 0 : 69)); });
    });
}

TEST_CASE("Calls that are under way complete in any order", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> sums(20, -1), gathered(20 * size, -1), counts(size, 1);
        vector<MPI::Request> requests;
        for (std::size_t i = 0; i < 20; ++i) {
            const vector<int> ones(size, 1);
            requests.push_back(i % 2 == 0 ? comm.Iallreduce(counts[0], sums[i])
                                          : comm.Iallgatherv(counts[0], {std::span(gathered).subspan(i * size, size), ones}));
        }
        MPI::Status status;
        for (std::size_t i = 20; i-- > 10;) requests[i].Wait(&status);
        MPI::Request::Waitall(requests);
        for (std::size_t i = 0; i < 20; ++i) {
            CHECK(requests[i].is_null());
            CHECK((i % 2 == 0 ? sums[i] == comm.size() : gathered[i * size + size - 1] == 1));
        }
    });
}

TEST_CASE("A collective request that is dropped completes first", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const auto size = static_cast<std::size_t>(comm.size());
        vector<int> all(size, -1);
        const int mine = comm.rank();
        (void)[&] { return comm.Iallgatherv(mine, {all, vector<int>(size, 1)}); }
        ();
        CHECK(all.back() == comm.size() - 1);
        std::fill(all.begin(), all.end(), -1);
        {
            MPI::Prequest request = comm.Allgatherv_init(mine, {all, vector<int>(size, 1)});
            request.Start();
        }
        CHECK(all.back() == comm.size() - 1);
        const MPI::Prequest never_started = comm.Allgather_init(mine, all);
    });
}

TEST_CASE("A collective request that has things to keep cannot be freed under way", "[collective]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto size = static_cast<std::size_t>(comm.size());
    vector<int> all(size, -1);
    const int mine = comm.rank();
    if (comm.rank() == 0)  // comes last, so the others' are under way
        for (int i = 1; i < comm.size(); ++i) (void)comm.Recv<int>(i, 1);
    MPI::Request request = comm.Iallgatherv(mine, {all, vector<int>(size, 1)});
    MPI::Prequest persistent = comm.Allgatherv_init(mine, {all, vector<int>(size, 1)});
    if (comm.rank() != 0) {
        CHECK(contains(thrown<std::invalid_argument>([&] { request.Free(); }), "Free: the operation is under way"));
        comm.Send(mine, 0, 1);
    }
    request.Wait();
    CHECK(all.back() == comm.size() - 1);
    persistent.Start();
    persistent.Wait();
    persistent.Free();
    CHECK(persistent.is_null());
}

TEST_CASE("Every form reaches the other group of an intercommunicator", "[collective]") {
    if (MPI::COMM_WORLD.size() < 2)
        return;
    const MPI::Comm inter = even_and_odd();
    const int rank = inter.rank(), world_rank = MPI::COMM_WORLD.rank(), side = world_rank % 2;
    const int remote = MPI::detail::get<MPI_Comm_remote_size>(inter.handle());
    const auto n = static_cast<std::size_t>(remote);
    vector<int> others;  // their ranks in the world
    for (int i = 0; i < remote; ++i) others.push_back(2 * i + 1 - side);
    const int their_sum = std::accumulate(others.begin(), others.end(), 0);
    for_each_form([&](auto form) {
        vector<int> all(n, -1), row(n), expected(n);
        const auto reset = [&] { std::fill(all.begin(), all.end(), -1); };
        for (std::size_t i = 0; i < n; ++i) {
            row[i] = 10 * world_rank + static_cast<int>(i);
            expected[i] = 10 * others[i] + rank;
        }
        form([&] { inter.Barrier(); }, [&] { return inter.Ibarrier(); }, [&] { return inter.Barrier_init(); }).finish();
        finish(form([&] { inter.Allgather(world_rank, all); }, [&] { return inter.Iallgather(world_rank, all); },
                    [&] { return inter.Allgather_init(world_rank, all); }),
               reset, [&] { CHECK(all == others); });
        vector<int> ones(n, 1), places(n);
        std::iota(places.begin(), places.end(), 0);
        reset();
        {
            vector<int> counts = ones, displs = places;
            auto call = form(
                [&] {
                    inter.Allgatherv(world_rank, {all, counts, displs});
                },
                [&] {
                    return inter.Iallgatherv(world_rank, {all, counts, displs});
                },
                [&] {
                    return inter.Allgatherv_init(world_rank, {all, counts, displs});
                });
            spoil(counts, displs);
            finish(std::move(call), reset, [&] { CHECK(all == others); });
        }
        reset();
        finish(form([&] { inter.Alltoall(row, all); }, [&] { return inter.Ialltoall(row, all); }, [&] { return inter.Alltoall_init(row, all); }),
               reset, [&] { CHECK(all == expected); });
        reset();
        finish(form(
                   [&] {
                       inter.Alltoallv({row, ones}, {all, ones});
                   },
                   [&] {
                       return inter.Ialltoallv({row, ones}, {all, ones});
                   },
                   [&] {
                       return inter.Alltoallv_init({row, ones}, {all, ones});
                   }),
               reset, [&] { CHECK(all == expected); });
        int sum = -1;
        finish(
            form([&] { inter.Allreduce(world_rank, sum); }, [&] { return inter.Iallreduce(world_rank, sum); },
                 [&] { return inter.Allreduce_init(world_rank, sum); }),
            [&] { sum = -1; }, [&] { CHECK(sum == their_sum); });

        for (const int root_side : {0, 1}) {
            const int root = root_at(inter, root_side, 0);
            const bool is_root = root == MPI::ROOT, gives = side != root_side;
            vector<int> got(is_root ? n : 0, -1);
            int copied = is_root ? 77 : -1, own = -1, reduced = -1;
            form([&] { inter.Bcast(copied, root); }, [&] { return inter.Ibcast(copied, root); }, [&] { return inter.Bcast_init(copied, root); })
                .finish();
            CHECK(copied == (is_root || gives ? 77 : -1));
            form([&] { inter.Gather(world_rank, got, root); }, [&] { return inter.Igather(world_rank, got, root); },
                 [&] { return inter.Gather_init(world_rank, got, root); })
                .finish();
            CHECK(got == (is_root ? others : vector<int>()));
            std::fill(got.begin(), got.end(), -1);
            form(
                [&] {
                    inter.Gatherv(world_rank, {got, ones}, root);
                },
                [&] {
                    return inter.Igatherv(world_rank, {got, ones}, root);
                },
                [&] {
                    return inter.Gatherv_init(world_rank, {got, ones}, root);
                })
                .finish();
            CHECK(got == (is_root ? others : vector<int>()));
            form([&] { inter.Scatter(row, own, root); }, [&] { return inter.Iscatter(row, own, root); },
                 [&] { return inter.Scatter_init(row, own, root); })
                .finish();
            CHECK(own == (gives ? 10 * root_side + rank : -1));
            own = -1;
            form(
                [&] {
                    inter.Scatterv({row, ones}, own, root);
                },
                [&] {
                    return inter.Iscatterv({row, ones}, own, root);
                },
                [&] {
                    return inter.Scatterv_init({row, ones}, own, root);
                })
                .finish();
            CHECK(own == (gives ? 10 * root_side + rank : -1));
            form([&] { inter.Reduce(world_rank, reduced, MPI::SUM, root); }, [&] { return inter.Ireduce(world_rank, reduced, MPI::SUM, root); },
                 [&] { return inter.Reduce_init(world_rank, reduced, MPI::SUM, root); })
                .finish();
            CHECK(reduced == (is_root ? their_sum : -1));
        }
    });
}

TEST_CASE("What returns blocks finds out their counts", "[collective]") {
    for_each_comm([](const MPI::Intracomm& comm) {
        const int rank = comm.rank(), size = comm.size();
        const vector<int> mine = part_of(rank, static_cast<std::size_t>(rank % 3));
        vector<int> all;
        vector<MPI::Count> counts;
        for (int i = 0; i < size; ++i) {
            counts.push_back(i % 3);
            for (const int x : part_of(i, static_cast<std::size_t>(i % 3))) all.push_back(x);
        }
        CHECK(comm.Allgatherv(mine) == all);
        const auto everywhere = comm.Allgatherv_counted(mine);
        CHECK(everywhere.data == all);
        CHECK(everywhere.counts == counts);
        for (int root = 0; root < size; ++root) {
            const bool is_root = rank == root;
            CHECK(comm.Gatherv(mine, root) == (is_root ? all : vector<int>()));
            const auto [data, lengths] = comm.Gatherv_counted(std::span(mine), root);
            CHECK(data == (is_root ? all : vector<int>()));
            CHECK(lengths == (is_root ? counts : vector<MPI::Count>()));
            if (is_root) {
                CHECK(comm.Scatterv(all, counts, root) == mine);
            } else {
                CHECK(comm.Scatterv(vector<int>(), {}, root) == mine);
            }
        }
        // to process i go i + rank elements of 10 * rank + i
        vector<int> out, in;
        vector<int> sends, came;
        for (int i = 0; i < size; ++i) {
            sends.push_back(i + rank);
            came.push_back(i + rank);
            out.insert(out.end(), static_cast<std::size_t>(i + rank), 10 * rank + i);
            in.insert(in.end(), static_cast<std::size_t>(i + rank), 10 * i + rank);
        }
        CHECK(comm.Alltoallv(out, sends) == in);
        const auto [data, lengths] = comm.Alltoallv_counted(out, as<MPI::Count>(sends));
        CHECK(data == in);
        CHECK(lengths == vector<MPI::Count>(came.begin(), came.end()));
        CHECK(comm.Alltoallv(vector<double>(), vector<int>(static_cast<std::size_t>(size), 0)).empty());
    });
}

TEST_CASE("What returns blocks works between groups", "[collective]") {
    if (MPI::COMM_WORLD.size() < 2)
        return;
    const MPI::Comm inter = even_and_odd();
    const int side = MPI::COMM_WORLD.rank() % 2, remote = MPI::detail::get<MPI_Comm_remote_size>(inter.handle());
    const auto n = static_cast<std::size_t>(remote);
    const vector<int> mine(static_cast<std::size_t>(inter.rank() + 1), side);
    std::size_t theirs = 0;
    for (std::size_t i = 0; i < n; ++i) theirs += i + 1;
    CHECK(inter.Allgatherv(mine) == vector<int>(theirs, 1 - side));
    CHECK(inter.Alltoallv(vector<int>(n, side), vector<int>(n, 1)) == vector<int>(n, 1 - side));
    for (const int root_side : {0, 1}) {
        const int root = root_at(inter, root_side, 0);
        CHECK(inter.Gatherv(mine, root) == (root == MPI::ROOT ? vector<int>(theirs, 1 - side) : vector<int>()));
        CHECK(inter.Scatterv(vector<int>(n, side), vector<int>(n, 1), root) == (side != root_side ? vector<int>{1 - side} : vector<int>()));
    }
}

TEST_CASE("Misuse of every form is found before MPI is called", "[collective]") {
    const MPI::Intracomm& comm = MPI::COMM_SELF;
    vector<int> two(2), three(3), counts{1, 2}, one{3};
    const vector<MPI::Datatype> none;
    const auto says = [](auto f, const char* method, const char* text) {
        const std::string error = thrown<std::invalid_argument>(f);
        INFO(error);
        CHECK(contains(error, method));
        CHECK(contains(error, text));
        CHECK(contains(error, "test_nonblocking_collective.cpp:"));
    };
    says([&] { (void)comm.Igather(two, three); }, "Igather:", "sendbuf has 2 elements a process, recvbuf 3");
    says([&] { (void)comm.Gather_init(two, three); }, "Gather_init:", "sendbuf has 2 elements a process, recvbuf 3");
    says([&] { (void)comm.Iscatterv({three, counts}, three); }, "Iscatterv:", "2 counts and 0 displacements for 1 processes");
    says([&] { (void)comm.Iallgatherv(three, {two, one}); }, "Iallgatherv:", "recvbuf has 2 elements, its blocks need 3");
    says([&] { comm.Alltoallw({three, none}, {three, none}); }, "Alltoallw:", "0 counts, 0 displacements and 0 datatypes for 1 processes");
    says([&] { (void)comm.Iallreduce(two, three); }, "Iallreduce:", "sendbuf has 2 elements, recvbuf 3");
    says([&] { (void)comm.Iscan(two, three); }, "Iscan:", "sendbuf has 2 elements, recvbuf 3");
    says([&] { comm.Reduce_scatter(three, three, counts); }, "Reduce_scatter:", "2 recvcounts for 1 processes");
    says([&] { comm.Reduce_scatter(two, three, one); }, "Reduce_scatter:", "sendbuf has 2 elements, recvcounts are 3 in all");
    says([&] { comm.Reduce_scatter(three, two, one); }, "Reduce_scatter:", "recvbuf has 2 elements, recvcounts say 3");
    says([&] { comm.Reduce_scatter(MPI::IN_PLACE, three); }, "Reduce_scatter:", "recvcounts must be given in place");
    CHECK(contains(error_of_class(MPI::ERR_OP, [&] { (void)comm.Ireduce(two, two, MPI::OP_NULL); }), "Ireduce: the operation is null"));
    says([&] { (void)comm.Alltoallv(three, counts); }, "Alltoallv:", "sendbuf has 2 counts");
    says([&] { (void)comm.Scatterv(two, one); }, "Scatterv:", "sendbuf has 2 elements, its blocks need 3");
    says([&] { comm.Bcast(MPI::IN_PLACE); }, "Bcast:", "buf is IN_PLACE");
    says([&] { (void)comm.Ibcast(MPI::IN_PLACE); }, "Ibcast:", "buf is IN_PLACE");
    says([&] { (void)comm.Bcast_init(MPI::IN_PLACE); }, "Bcast_init:", "buf is IN_PLACE");
    says([&] { (void)comm.Igather(two, MPI::IN_PLACE); }, "Igather:", "recvbuf is IN_PLACE");
    says([&] { (void)comm.Scan_init(two, MPI::IN_PLACE); }, "Scan_init:", "recvbuf is IN_PLACE");
    says([&] { comm.Allreduce({two.data(), -1}, {three.data(), -1}); }, "Allreduce:", "recvbuf has a count of -1");
    double real = 1, both = 0;
    says([&] { comm.Allreduce(real, both, MPI::LAND); }, "Allreduce:", "the operation does not work on elements of MPI_DOUBLE");
    says([&] { (void)comm.Iscan(real, both, MPI::LXOR); }, "Iscan:", "the operation does not work on elements of MPI_DOUBLE");
    says([&] { comm.Reduce_scatter_block(two, three); }, "Reduce_scatter_block:", "sendbuf has 2 elements a process, recvbuf 3");
}

TEST_CASE("A wrong count of what one process sends is an exception on all", "[collective]") {
    const MPI::Intracomm& comm = MPI::COMM_WORLD;
    const auto n = static_cast<std::size_t>(comm.size());
    const vector<int> data(n + 1, comm.rank());
    vector<int> ones(n, 1), wrong(ones);
    wrong.back() = -2;
    const char* const text = comm.rank() == 0 ? "has a count of -2 for rank " : "rank 0 cannot send its blocks: the error there says why";
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)comm.Scatterv(data, wrong); }), text));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)comm.Alltoallv(data, comm.rank() == 0 ? wrong : ones); }), text));
    CHECK(contains(thrown<std::invalid_argument>([&] { (void)comm.Scatterv(data, vector<int>(n + 1, 1)); }),
                   comm.rank() == 0 ? " counts and 0 displacements for " : text));
    CHECK(comm.Alltoallv(data, ones).size() == n);
}
