#include "handles/error_handling.hpp"

#include <mpi4cxx/error.hpp>

#include "runtime/finalize.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <string>

namespace MPI4CXX {

const Errhandler ERRHANDLER_NULL;
const Errhandler ERRORS_RETURN = Errhandler::borrow(MPI_ERRORS_RETURN);
const Errhandler ERRORS_ABORT = Errhandler::borrow(detail::errors_abort);
const Errhandler ERRORS_ARE_FATAL = Errhandler::borrow(MPI_ERRORS_ARE_FATAL);

namespace detail {

namespace {

std::array<std::weak_ptr<ErrorFunction>, error_callbacks> taken;
std::mutex mutex;

std::shared_ptr<ErrorFunction> function_of(std::size_t slot) {
    const std::lock_guard lock(mutex);
    return taken[slot].lock();
}

}  // namespace

std::size_t take_slot(const std::shared_ptr<ErrorFunction>& function, At at) {
    {
        const std::lock_guard lock(mutex);
        const auto slot = std::find_if(taken.begin(), taken.end(), [](const auto& other) { return other.expired(); });
        if (slot != taken.end()) {
            *slot = function;
            return static_cast<std::size_t>(slot - taken.begin());
        }
    }
    // An Exception asks MPI, whose lock a thread that waits in function_of may have.
    throw Exception(MPI_ERR_OTHER, "MPI_Comm_create_errhandler", "more than " + std::to_string(error_callbacks) + " error handlers at once", at);
}

void handle_error(std::size_t slot, const void* raw, int code) noexcept {
    try {
        const auto function = function_of(slot);
        if (function == nullptr)
            abort_job("an error handler is on a communicator that C has made, and gone everywhere else");
        function->call(raw, code);
        (void)exchange_handled_code(code);
    } catch (const std::exception& e) {
        abort_job((std::string("exception in an error handler: ") + e.what()).c_str());
    } catch (...) {
        abort_job("exception in an error handler");
    }
}

}  // namespace detail

}  // namespace MPI4CXX
