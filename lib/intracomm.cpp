#include <mpi4cxx/intracomm.hpp>

#include <mpi4cxx/cartcomm.hpp>

#include "belongings.hpp"
#include "plan.hpp"

#include <vector>

namespace mpi4cxx {

using detail::call;
using detail::get;
using detail::keep;

const Intracomm COMM_NULL;
const Intracomm COMM_SELF = Intracomm::borrow(MPI_COMM_SELF);
const Intracomm COMM_WORLD = Intracomm::borrow(MPI_COMM_WORLD);

Intracomm Intracomm::Dup(At at) const { return take(get<MPI_Comm_dup>(handle(), on(at)), at); }
Intracomm Intracomm::Split(int color, int key, At at) const { return take(get<MPI_Comm_split>(handle(), color, key, on(at)), at); }

Cartcomm Intracomm::Create_cart(std::span<const int> dims, std::span<const bool> periods, bool reorder, At at) const {
    if (!periods.empty() && periods.size() != dims.size())
        detail::misuse(at, std::to_string(dims.size()) + " dimensions, " + std::to_string(periods.size()) + " periods");
    std::vector<int> wraps(dims.size(), 0);
    for (std::size_t i = 0; i < periods.size(); ++i) wraps[i] = periods[i] ? 1 : 0;
    return Cartcomm::take(get<MPI_Cart_create>(handle(), static_cast<int>(dims.size()), dims.data(), wraps.data(), reorder ? 1 : 0, on(at)), at);
}

Cartcomm Intracomm::Create_cart(std::span<const int> dims, std::initializer_list<bool> periods, bool reorder, At at) const {
    return Create_cart(dims, std::span(periods.begin(), periods.size()), reorder, at);
}

Cartcomm Intracomm::Create_cart(std::initializer_list<int> dims, std::initializer_list<bool> periods, bool reorder, At at) const {
    return Create_cart(std::span(dims.begin(), dims.size()), periods, reorder, at);
}

void Intracomm::Scan(ConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    call<MPI_Scan>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at));
}

Request Intracomm::Iscan(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iscan>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at)), std::move(kept));
}

Prequest Intracomm::Scan_init(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Scan_init>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), info.handle(), on(at)),
                          std::move(kept));
}

void Intracomm::Exscan(ConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    call<MPI_Exscan>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at));
}

Request Intracomm::Iexscan(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Request::take(get<MPI_Iexscan>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), on(at)), std::move(kept));
}

Prequest Intracomm::Exscan_init(LastingConstBuf sendbuf, Buf recvbuf, const Op& op, const Info& info, At at) const {
    const auto [s, r] = detail::allreduce_pair(sendbuf, recvbuf, at);
    auto kept = keep(op);
    return Prequest::take(get<MPI_Exscan_init>(s.data, r.data, r.count, op.accept(r.type, at), op.handle(), handle(), info.handle(), on(at)),
                          std::move(kept));
}

}  // namespace mpi4cxx
