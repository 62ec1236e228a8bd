#include <mpi4cxx/intracomm.hpp>

#include <mpi4cxx/cartcomm.hpp>

#include <vector>

namespace mpi4cxx {

using detail::call;
using detail::get;

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
    detail::check_pair(sendbuf, recvbuf, at);
    call<MPI_Scan>(sendbuf.data, recvbuf.data, recvbuf.count, op.accept(recvbuf.type, at), op.handle(), handle(), on(at));
}

void Intracomm::Exscan(ConstBuf sendbuf, Buf recvbuf, const Op& op, At at) const {
    detail::check_pair(sendbuf, recvbuf, at);
    call<MPI_Exscan>(sendbuf.data, recvbuf.data, recvbuf.count, op.accept(recvbuf.type, at), op.handle(), handle(), on(at));
}

}  // namespace mpi4cxx
