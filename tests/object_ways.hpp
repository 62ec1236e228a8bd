// An object of any type, sent in every way.
#pragma once

#include "catch.hpp"
#include "support.hpp"

#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/pickle.hpp>

#include <cstddef>
#include <optional>
#include <source_location>
#include <utility>
#include <vector>

/// CHECK for templates that are instantiated for many types, where each expansion of the macro would take the compiler long.
inline void expect(bool is_right, std::source_location where = std::source_location::current()) {
    INFO(where.file_name() << ':' << where.line() << ": " << where.function_name());
    CHECK(is_right);
}

/// The object after a journey through bytes.
template <class T> T again(const T& object) { return mpi4cxx::pickle.loads<T>(mpi4cxx::pickle.dumps(object)); }

/// Sends `object` in every way; `at(rank)` is the object of another process, `equal(a, b)` whether two are the same.
template <class Make, class Equal> void everywhere(const mpi4cxx::Intracomm& comm, Make at, Equal equal) {
    using T = decltype(at(0));
    const int rank = comm.rank(), size = comm.size(), right = right_of(comm), left = left_of(comm);
    const auto is_from = [&](const T& object, int other) { return equal(object, at(other)); };
    const auto are_all = [&](const std::vector<T>& objects) {
        bool all = objects.size() == static_cast<std::size_t>(size);
        for (std::size_t i = 0; i < objects.size(); ++i) all = all && is_from(objects[i], static_cast<int>(i));
        return all;
    };
    const auto one_each = [&] {
        std::vector<T> objects;
        for (int i = 0; i < size; ++i) objects.push_back(at(i));
        return objects;
    };
    {
        auto received = comm.irecv<T>(left, 1);
        comm.send(at(rank), right, 1);
        expect(is_from(received.wait(), left));
    }
    {
        mpi4cxx::Request moved = comm.isend(at(rank), right, 2), second = comm.issend(at(rank), right, 2);
        expect(is_from(comm.recv<T>(left, 2), left));
        T into = at(size);
        comm.recv_into(into, left, 2);
        expect(is_from(into, left));
        moved.wait();
        second.wait();
    }
    {
        mpi4cxx::Request sent = comm.isend(at(rank), right, 3);
        expect(is_from(comm.Mprobe(left, 3).recv<T>(), left));
        sent.wait();
    }
    expect(is_from(comm.sendrecv<T>(at(rank), right, 4, left, 4), left));
    expect(is_from(comm.bcast(at(rank), size - 1), size - 1));
    const T named = at(rank);
    expect(is_from(comm.bcast(named, size - 1), size - 1));
    expect(is_from(comm.scatter(one_each(), 0), rank));
    expect(are_all(comm.allgather(at(rank))));
    expect(are_all(comm.iallgather(at(rank)).wait()));
    expect(are_all(comm.alltoall(one_each())) == (size == 1));
    const auto gathered = comm.gather(at(rank), 0), later = comm.igather(at(rank), 0).wait();
    expect((rank == 0 ? are_all(gathered) : gathered.empty()));
    expect((rank == 0 ? are_all(later) : later.empty()));
    expect(is_from(comm.ibcast(at(rank), 0).wait(), 0));
    expect(is_from(comm.iscatter(one_each(), 0).wait(), rank));
    std::vector<mpi4cxx::ObjectRequest<T>> requests;
    for (int i = 0; i < 3; ++i) requests.push_back(comm.irecv<T>(left, 5));
    for (int i = 0; i < 3; ++i) comm.isend(at(rank), right, 5).wait();
    for (const T& object : mpi4cxx::ObjectRequest<T>::waitall(requests)) expect(is_from(object, left));
    auto tested = comm.irecv<T>(left, 6);
    mpi4cxx::Request sent = comm.isend(at(rank), right, 6);
    std::optional<T> object;
    while (!(object = tested.test())) {}
    expect(is_from(*object, left));
    sent.wait();
}
template <class Make> void everywhere(const mpi4cxx::Intracomm& comm, Make at) {
    everywhere(comm, at, [](const auto& a, const auto& b) { return a == b; });
}
