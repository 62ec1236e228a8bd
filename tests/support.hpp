// What the tests share.
#pragma once

#include "catch.hpp"

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/intracomm.hpp>

#include <string>
#include <vector>

/// Calls `f(comm)` for communicators of different make: self, the world, a duplicate, the even and the odd ranks, and the
/// world in reverse order.
template <class F> void for_each_comm(F f) {
    const mpi4cxx::Intracomm& world = mpi4cxx::COMM_WORLD;
    const mpi4cxx::Intracomm copy = world.Dup(), half = world.Split(world.rank() % 2, world.rank()), reverse = world.Split(0, -world.rank());
    for (const mpi4cxx::Intracomm* comm : {&mpi4cxx::COMM_SELF, &world, &copy, &half, &reverse}) f(*comm);
}

/// The even and the odd ranks of the world, which has two at least, as an intercommunicator.
inline mpi4cxx::Comm even_and_odd() {
    const mpi4cxx::Intracomm& world = mpi4cxx::COMM_WORLD;
    const mpi4cxx::Intracomm half = world.Split(world.rank() % 2, world.rank());
    MPI_Comm raw = MPI_COMM_NULL;
    MPI_Intercomm_create(half.handle(), 0, world.handle(), 1 - world.rank() % 2, 1, &raw);
    return mpi4cxx::Comm::take(raw);
}

/// The argument `root` of a call on an intercommunicator, for the root `rank` of the group of the even ranks (side 0) or of the odd ones.
inline int root_at(const mpi4cxx::Comm& inter, int side, int rank) {
    const bool is_here = mpi4cxx::COMM_WORLD.rank() % 2 == side;
    return !is_here ? rank : inter.rank() == rank ? mpi4cxx::ROOT : mpi4cxx::PROC_NULL;
}

/// Whether `condition` holds on every rank of `comm`: where a case must stop, all have to.
inline bool all_ranks(const mpi4cxx::Comm& comm, bool condition) {
    int all = 0;
    comm.Allreduce(condition ? 1 : 0, all, mpi4cxx::MIN);
    return all != 0;
}

/// What `f` throws as an `E`, its text; "" where it throws nothing.
template <class E, class F> std::string thrown(F f) {
    try {
        f();
    } catch (const E& e) {
        return e.what();
    }
    return {};
}

/// The class of the error that `f` throws.
template <class F> int error_class(F f) {
    try {
        f();
    } catch (const mpi4cxx::Exception& e) {
        return e.Get_error_class();
    }
    return mpi4cxx::SUCCESS;
}

/// What `f` throws as an Exception of this class, its text; "" where it throws none.
template <class F> std::string error_of_class(int error_class, F f) {
    try {
        f();
    } catch (const mpi4cxx::Exception& e) {
        CHECK(e.Get_error_class() == error_class);
        return e.what();
    }
    return {};
}

/// What went wrong in `f`, as an Exception of class ERR_TYPE; "" if nothing.
template <class F> std::string type_error(F f) { return error_of_class(mpi4cxx::ERR_TYPE, f); }

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The neighbours in the ring of all ranks.
inline int right_of(const mpi4cxx::Comm& comm) { return (comm.rank() + 1) % comm.size(); }
inline int left_of(const mpi4cxx::Comm& comm) { return (comm.rank() + comm.size() - 1) % comm.size(); }

/// "a" of rank 0, and so on.
inline std::string letter(int rank) { return {static_cast<char>('a' + rank)}; }

struct Matrix {  // has a datatype, and a product that does not commute
    int a, b, c, d;
    bool operator==(const Matrix&) const = default;
    friend Matrix operator*(const Matrix& m, const Matrix& n) {
        return {m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d};
    }
};

/// An affine map, so that composition is associative but not commutative.
struct Affine {
    long a, b;
    bool operator==(const Affine&) const = default;
};
inline Affine compose(const Affine& f, const Affine& g) { return {f.a * g.a, f.b * g.a + g.b}; }
inline Affine map_of(int rank) { return {rank % 2 + 2, rank + 1}; }
/// Of the ranks from `first` on, without `end`.
inline Affine composed(int first, int end) {
    Affine result{1, 0};
    for (int i = first; i < end; ++i) result = compose(result, map_of(i));
    return result;
}
inline Affine composed(int ranks) { return composed(0, ranks); }

/// 0 + 1 + … + (n - 1)
inline int sum_to(int n) { return n * (n - 1) / 2; }

/// Memory for Bsend, attached while this lives.
struct BsendBuffer {
    BsendBuffer() { MPI_Buffer_attach(memory.data(), static_cast<int>(memory.size())); }
    ~BsendBuffer() {
        void* address = nullptr;
        int size = 0;
        MPI_Buffer_detach(&address, &size);
    }
    std::vector<char> memory = std::vector<char>(4 << 20);
};

/// A status that shows whether it is written again.
inline mpi4cxx::Status written() {
    mpi4cxx::Status status;
    status.Set_source(7);
    status.Set_tag(7);
    return status;
}
