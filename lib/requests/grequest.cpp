#include <mpi4cxx/grequest.hpp>

#include <mpi4cxx/error.hpp>

#include "runtime/callback.hpp"
#include "runtime/finalize.hpp"

namespace MPI4CXX {

using detail::call;
using detail::code_of;
using detail::GeneralOperation;

namespace {

int on_query(void* state, MPI_Status* status) {
    Status result;
    const int code = code_of([&] { static_cast<GeneralOperation*>(state)->query(result); });
    *status = result.handle();
    return code;
}

int on_free(void* state) {
    const std::unique_ptr<GeneralOperation> operation(static_cast<GeneralOperation*>(state));
    return code_of([&] { operation->free(); });
}

int on_cancel(void* state, int complete) {
    return code_of([&] { static_cast<GeneralOperation*>(state)->cancel(complete != 0); });
}

}  // namespace

Grequest Grequest::start(std::unique_ptr<GeneralOperation> operation, At at) {
    Grequest request(detail::get<MPI_Grequest_start>(on_query, on_free, on_cancel, operation.get(), at));
    (void)operation.release();  // `on_free` deletes it
    return request;
}

void Grequest::Complete(At at) {
    if (incomplete_ == MPI_REQUEST_NULL)
        detail::refuse_null(MPI_ERR_REQUEST, "MPI_Grequest_complete", "it is complete already, or null", at);
    call<MPI_Grequest_complete>(incomplete_, at);
    incomplete_ = MPI_REQUEST_NULL;
}

Grequest::~Grequest() {
    if (incomplete_ == MPI_REQUEST_NULL || !detail::is_running())
        return;
    MPI_Cancel(&incomplete_);
    MPI_Grequest_complete(incomplete_);
}

}  // namespace MPI4CXX
