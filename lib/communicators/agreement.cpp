// Tells all processes of a communicator that one of them has failed.
#include <mpi4cxx/detail/communicators/agreement.hpp>

#include <mpi4cxx/comm.hpp>

#include <algorithm>
#include <string>

namespace MPI4CXX::detail {

namespace {

std::string words_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        return e.what();
    } catch (...) {
        return "an exception of a type that is no std::exception";
    }
}

int class_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Exception& e) {
        return e.Get_error_class();
    } catch (...) {
        return MPI_ERR_OTHER;
    }
}

/// In an intercommunicator, each round exchanges what the two groups know.
int rounds(const Comm& comm, At at) { return comm.Is_inter(at) ? 2 : 1; }

/// Returns the largest `value` of all processes.
int largest(const Comm& comm, int value, At at) {
    for (int i = rounds(comm, at); i != 0; --i) {
        int there = 0;
        comm.Allreduce(value, there, MAX, at);
        value = std::max(value, there);
    }
    return value;
}

[[noreturn]] void throw_everywhere(const Comm& comm, const std::exception_ptr& failure, int error_class, std::string_view function, Place where) {
    const At at = where.at();
    std::string words = failure ? words_of(failure, comm, at) : std::string();
    for (int i = rounds(comm, at); i != 0; --i) {
        const auto [all, lengths] = comm.Allgatherv_counted(words, at);
        const auto first = std::find_if(lengths.begin(), lengths.end(), [](Count length) { return length != 0; });
        if (words.empty() && first != lengths.end())
            words.assign(all.data(), static_cast<std::size_t>(*first));
    }
    if (failure)
        std::rethrow_exception(failure);
    throw Exception(error_class, function, words, where);
}

}  // namespace

std::string words_of(const std::exception_ptr& failure, const Comm& comm, At at) {
    return "rank " + std::to_string(comm.Get_rank(at)) + " threw: " + words_of(failure);
}

bool has_failed_anywhere(const Comm& comm, bool failed, At at) { return largest(comm, failed ? 1 : 0, at) != 0; }

void throw_everywhere(const Comm& comm, const std::exception_ptr& failure, At at) {
    throw_everywhere(comm, failure, MPI_ERR_OP, "reduction", {at, comm.address()});
}

void agree(const Comm& comm, const std::exception_ptr& failure, std::string_view function, Place where) {
    const int error_class = largest(comm, failure ? class_of(failure) : MPI_SUCCESS, where.at());
    if (error_class != MPI_SUCCESS)
        throw_everywhere(comm, failure, error_class, function, where);
}

}  // namespace MPI4CXX::detail
