#include "handles/reduction_operand.hpp"

#include "handles/datatype_name.hpp"
#include "handles/element_kind.hpp"

#include <string>

namespace MPI4CXX::detail {

bool takes_pairs(const Op& op) { return op == MINLOC || op == MAXLOC || op == REPLACE || op == NO_OP; }

namespace {

/// Describes `buf` by the elements that `op` works on. For a predefined operation, arrays become their numbers, and a struct becomes the pair that
/// MINLOC and MAXLOC take. A user's operation may work on the numbers of arrays too.
template <class Address> void accept(BufferParts<Address>& buf, const Op& op, const char* name, Caller caller) {
    const ElementType* const element = buf.element;
    if (buf.count < 0)  // which MPICH 4.0 does not survive
        misuse(caller, std::string(name) + " has a count of " + std::to_string(buf.count));
    if (buf.strided && (op.is_predefined() || !op.is_plain()))
        misuse(caller, std::string(name) + " has gaps between its elements, which a reduction does not take: copy it to memory in one piece");
    const auto as_numbers = [&] {
        buf.type = element->number();
        buf.count *= element->numbers;
        buf.element = nullptr;
    };
    if (!op.is_plain()) {
        if (element != nullptr && element->number != nullptr && op.works_on(element->number()) && !op.works_on(buf.type))
            as_numbers();
    } else if (element != nullptr && op.is_predefined()) {
        if (element->is_bool && op == SUM)
            misuse(caller, "a SUM of bool is no count: reduce with LOR, or count with int");
        if (element->pair != nullptr && takes_pairs(op))
            buf.type = element->pair();
        else if (element->number != nullptr)
            as_numbers();
        else if (element->pair != nullptr || !Datatype::borrow(buf.type).is_named())
            misuse(caller, "predefined operations work on numbers, " + std::string(name) + " holds " + std::string(element->name) +
                               ": make one for it with Op::Create<" + std::string(element->name) + ">");
    }
    if (op.is_plain() && !op.is_left_to_mpi(buf.type))
        check_operation(op, buf.type, caller);
    buf.type = op.accept(buf.type, caller);
}

}  // namespace

void accept_operand(BufferParts<const void*>& buf, const Op& op, const char* name, Caller caller) { accept(buf, op, name, caller); }
void accept_operand(BufferParts<void*>& buf, const Op& op, const char* name, Caller caller) { accept(buf, op, name, caller); }

void accept_pair(ConstBuf& send, Buf& recv, const Op& op, Caller caller) {
    accept_operand(recv, op, "recvbuf", caller);
    if (!send.is_in_place())
        accept_operand(send, op, "sendbuf", caller);
}

}  // namespace MPI4CXX::detail
