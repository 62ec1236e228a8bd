#include "requests/channel.hpp"

#include <mpi4cxx/detail/mpi/call.hpp>
#include <mpi4cxx/error.hpp>

#include "requests/ending.hpp"
#include "requests/side_tag.hpp"
#include "runtime/finalize.hpp"
#include "runtime/settings.hpp"

#include <mutex>

namespace MPI4CXX::detail {

MPI_Comm opened_channel = MPI_COMM_NULL;

namespace {

int own_rank = 0;
int tags = 0;

}  // namespace

void open_channel(At at) {
    if (opened_channel != MPI_COMM_NULL)
        return;
    opened_channel = get<MPI_Comm_dup>(MPI_COMM_WORLD, at);
    call<MPI_Comm_set_errhandler>(opened_channel, chosen_errhandler(), at);
    own_rank = get<MPI_Comm_rank>(opened_channel, at);
    at_finalize([] {
        end_operations();
        MPI_Comm_free(&opened_channel);
    });
    open_tags(MPI_COMM_WORLD, at);  // last, because receipts are awaited on the channel
}

void open_tags(MPI_Comm comm, At at) {
    static std::once_flag once;
    std::call_once(once, [comm, at] {
        int* largest = nullptr;
        int found = 0;
        call<MPI_Comm_get_attr>(comm, MPI_TAG_UB, &largest, &found, at);
        tags = (found != 0 ? *largest : 32767) / 2;  // the upper half is for answers
        open_side_tags(tags);
        at_finalize([] {
            end_operations();
            close_side_tags();
        });
    });
}

MPI_Comm channel(At at) {
    if (opened_channel == MPI_COMM_NULL && !is_running())
        raise(outside_mpi(), "objects", at.file, at.line, nullptr);
    if (opened_channel == MPI_COMM_NULL)
        misuse({at, "objects"}, "make an mpi4cxx::Environment on every process first: objects travel on its channel");
    return opened_channel;
}

int channel_rank() noexcept { return own_rank; }

int answer_tag(int side_tag) noexcept { return side_tag + tags; }

}  // namespace MPI4CXX::detail
