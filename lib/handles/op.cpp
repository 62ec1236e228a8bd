#include <mpi4cxx/op.hpp>

#include "handles/datatype_name.hpp"
#include "handles/reduction_operand.hpp"
#include "handles/unsigned_extremes.hpp"
#include "runtime/finalize.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <iterator>
#include <string>
#include <utility>

// MPI passes elements and a datatype to a user's operation, but does not say which operation it is. So each operation takes one of a fixed number of
// callbacks for itself while it lives. When all are taken, the operation is known by the datatype of its elements instead: a duplicate that carries
// the operation as an attribute.

namespace MPI4CXX {

using detail::call;
using detail::get;
using detail::Reduction;

namespace {

constexpr std::size_t callbacks = 64;
std::array<std::atomic<Reduction*>, callbacks> taken{};

void apply(Reduction* reduction, const void* in, void* inout, int count, MPI_Datatype type) noexcept {
    if (reduction == nullptr)
        detail::abort_job("an operation of mpi4cxx::Op::Create was called without mpi4cxx, and too many of them live to tell which it is");
    try {
        reduction->apply(in, inout, static_cast<std::size_t>(count), type);
    } catch (const std::exception& e) {
        detail::abort_job((std::string("exception in a reduction operation: ") + e.what()).c_str());
    } catch (...) {
        detail::abort_job("exception in a reduction operation");
    }
}

template <std::size_t I> void callback(void* in, void* inout, int* count, MPI_Datatype* type) {
    apply(taken[I].load(std::memory_order_relaxed), in, inout, *count, *type);
}

template <std::size_t... I> constexpr auto callback_table(std::index_sequence<I...>) {
    return std::array<MPI_User_function*, sizeof...(I)>{&callback<I>...};
}
constexpr auto table = callback_table(std::make_index_sequence<callbacks>{});

int carrier_key() {
    static const int key = [] {
        int result = MPI_KEYVAL_INVALID;
        call<MPI_Type_create_keyval>(MPI_TYPE_NULL_COPY_FN, MPI_TYPE_NULL_DELETE_FN, &result, nullptr);
        return result;
    }();
    return key;
}

void carried_callback(void* in, void* inout, int* count, MPI_Datatype* type) {
    void* reduction = nullptr;
    int found = 0;
    MPI_Type_get_attr(*type, carrier_key(), &reduction, &found);
    apply(found != 0 ? static_cast<Reduction*>(reduction) : nullptr, in, inout, *count, *type);
}

}  // namespace

namespace detail {

struct UserOp {
    std::unique_ptr<Reduction> reduction;
    std::size_t slot = callbacks;  // `callbacks` if it has none
    Datatype carrier;
    MPI_Op left = MPI_OP_NULL;  // set if the operation is gone, but not the calls that use it

    UserOp(std::unique_ptr<Reduction> r, At at) : reduction(std::move(r)) {
        for (slot = 0; slot < callbacks; ++slot) {
            Reduction* none = nullptr;
            if (taken[slot].compare_exchange_strong(none, reduction.get()))
                return;
        }
        if (reduction->type == MPI_DATATYPE_NULL)  // no datatype to carry it
            throw Exception(MPI_ERR_OTHER, "MPI_Op_create",
                            "more than " + std::to_string(callbacks) + " operations at once, of which this one works on any datatype", at);
        carrier = Datatype::borrow(reduction->type).Dup();
        call<MPI_Type_set_attr>(carrier.handle(), carrier_key(), reduction.get());
    }
    ~UserOp() {
        if (left != MPI_OP_NULL && is_running())
            MPI_Op_free(&left);
        if (slot < callbacks)
            taken[slot].store(nullptr);
    }
    UserOp(const UserOp&) = delete;
    UserOp& operator=(const UserOp&) = delete;
};

}  // namespace detail

namespace {

/// If calls still use `op`, leaves its handle to them and returns true. Open MPI 4.1 frees an operation at once, even while a call uses it.
bool leave_to_calls(Op& op) noexcept {
    const bool is_used = op.user().use_count() > 1;
    if (is_used) {
        detail::UserOp& user = *op.user();
        user.left = std::move(op).release();
    }
    return is_used;
}

}  // namespace

const Op OP_NULL;

const detail::PredefinedOp<detail::Max> MAX(MPI_MAX);
const detail::PredefinedOp<detail::Min> MIN(MPI_MIN);
const detail::PredefinedOp<detail::Sum> SUM(MPI_SUM);
const detail::PredefinedOp<detail::Prod> PROD(MPI_PROD);
const detail::PredefinedOp<detail::Land> LAND(MPI_LAND);
const detail::PredefinedOp<detail::Band> BAND(MPI_BAND);
const detail::PredefinedOp<detail::Lor> LOR(MPI_LOR);
const detail::PredefinedOp<detail::Bor> BOR(MPI_BOR);
const detail::PredefinedOp<detail::Lxor> LXOR(MPI_LXOR);
const detail::PredefinedOp<detail::Bxor> BXOR(MPI_BXOR);
const detail::PredefinedOp<detail::Maxloc> MAXLOC(MPI_MAXLOC);
const detail::PredefinedOp<detail::Minloc> MINLOC(MPI_MINLOC);
const detail::PredefinedOp<detail::Replace> REPLACE(MPI_REPLACE);
const detail::PredefinedOp<detail::NoOp> NO_OP(MPI_NO_OP);

Op::Op() noexcept = default;
Op::Op(MPI_Op raw, detail::Ownership ownership) noexcept : Handle(raw, ownership) {
    const bool is_logical = raw == MPI_LAND || raw == MPI_LOR || raw == MPI_LXOR, compares = raw == MPI_MAX || raw == MPI_MIN;
    if (raw != MPI_OP_NULL)
        plain_ = is_logical ? Plain::needs_care : compares ? Plain::on_signed : Plain::as_is;
}
Op::Op(Op&& other) noexcept : Handle(std::move(other)), user_(std::move(other.user_)), plain_(std::exchange(other.plain_, Plain::no)) {}
Op& Op::operator=(Op&& other) noexcept {
    if (this != &other)
        leave_to_calls(*this);
    Handle::operator=(static_cast<Handle&&>(other));
    user_ = std::move(other.user_);
    plain_ = std::exchange(other.plain_, Plain::no);
    return *this;
}
Op::~Op() { leave_to_calls(*this); }

Op Op::create(std::unique_ptr<Reduction> reduction, bool commute, At at) {
    auto user = std::make_shared<detail::UserOp>(std::move(reduction), at);
    MPI_User_function* const function = user->slot < callbacks ? table[user->slot] : carried_callback;
    Op op = take(get<MPI_Op_create>(function, commute ? 1 : 0, at));
    op.user_ = std::move(user);
    op.plain_ = Plain::no;
    return op;
}

void Op::Reduce_local(ConstBufArg inbuf, Buf inoutbuf, At at) const {
    if (inbuf.is_in_place() || inoutbuf.is_in_place())
        detail::misuse(at, std::string(inbuf.is_in_place() ? "inbuf" : "inoutbuf") + " is IN_PLACE: give the memory itself");
    detail::accept_operand(inbuf, *this, "inbuf", at);
    detail::accept_operand(inoutbuf, *this, "inoutbuf", at);
    if (inbuf.data == inoutbuf.data && inbuf.data != MPI_BOTTOM && inbuf.count != 0)
        detail::misuse(at, "inbuf and inoutbuf are the same memory: give two buffers");
    if (inbuf.type != inoutbuf.type)
        detail::misuse(at, "inbuf holds " + detail::datatype_name(inbuf.type) + ", inoutbuf " + detail::datatype_name(inoutbuf.type));
    if (inbuf.count != inoutbuf.count)
        detail::misuse(at, "inbuf has " + std::to_string(inbuf.count) + " elements, inoutbuf " + std::to_string(inoutbuf.count));
    call<MPI_Reduce_local>(inbuf.data, inoutbuf.data, inoutbuf.count, inoutbuf.type, handle_for(inoutbuf.type), at);
}

void Op::combine(const void* in, void* inout, MPI_Datatype type) const { call<MPI_Reduce_local>(in, inout, 1, accept(type, At()), handle_for(type)); }

bool Op::is_predefined() const noexcept {
    const auto is_same = [this](const Op* op) { return *this == *op; };
    static constexpr const Op* all[] = {&OP_NULL, &MAX,  &MIN,  &SUM,    &PROD,   &LAND,    &BAND, &LOR,
                                        &BOR,     &LXOR, &BXOR, &MAXLOC, &MINLOC, &REPLACE, &NO_OP};
    return std::any_of(std::begin(all), std::end(all), is_same);
}

bool Op::Is_commutative(At at) const { return get<MPI_Op_commutative>(handle(), at) != 0; }

void Op::Free(At at) {
    if (!leave_to_calls(*this))
        free(at);
    user_.reset();
    plain_ = Plain::no;
}

MPI_Op Op::handle_for(MPI_Datatype type) const { return is_plain() ? detail::right_operation(handle(), type) : handle(); }

bool Op::works_on(MPI_Datatype type) const noexcept { return user_ != nullptr && user_->reduction->type == type; }

MPI_Datatype Op::accept(MPI_Datatype type, detail::Caller caller) const {
    if (is_plain())
        return type;
    if (is_null())
        detail::refuse_null(MPI_ERR_OP, caller.method, "the operation is null", caller.at);
    if (user_->reduction->type == MPI_DATATYPE_NULL)
        return type;
    if (type != user_->reduction->type)
        detail::misuse(caller,
                       "the operation is on " + detail::datatype_name(user_->reduction->type) + ", the buffer holds " + detail::datatype_name(type));
    return user_->carrier.is_null() ? type : user_->carrier.handle();
}

}  // namespace MPI4CXX
