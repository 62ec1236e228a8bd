#include "handles/kept_datatypes.hpp"

#include "runtime/finalize.hpp"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace MPI4CXX::detail {

namespace {

std::mutex mutex;
// Never destroyed: MPI may be gone by then, or may itself end the process.
std::vector<Datatype>& kept = *new std::vector<Datatype>;

}  // namespace

MPI_Datatype keep_until_finalize(Datatype type) {
    static const bool once = (at_end([] { kept.clear(); }), true);
    (void)once;
    const std::lock_guard lock(mutex);
    kept.push_back(std::move(type));
    return kept.back().handle();
}

bool is_kept(MPI_Datatype type) noexcept {
    const std::lock_guard lock(mutex);
    return std::any_of(kept.begin(), kept.end(), [type](const Datatype& one) { return one.handle() == type; });
}

}  // namespace MPI4CXX::detail
