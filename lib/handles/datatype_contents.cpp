// Datatype's envelope and contents, decoded, and the constructor call that they stand for.
#include <mpi4cxx/datatype.hpp>

#include <mpi4cxx/error.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace MPI4CXX {

using detail::call;

namespace {

std::string_view name_of(Combiner combiner) {
    switch (combiner) {
    case COMBINER_NAMED: return "NAMED";
    case COMBINER_DUP: return "DUP";
    case COMBINER_CONTIGUOUS: return "CONTIGUOUS";
    case COMBINER_VECTOR: return "VECTOR";
    case COMBINER_HVECTOR: return "HVECTOR";
    case COMBINER_INDEXED: return "INDEXED";
    case COMBINER_HINDEXED: return "HINDEXED";
    case COMBINER_INDEXED_BLOCK: return "INDEXED_BLOCK";
    case COMBINER_HINDEXED_BLOCK: return "HINDEXED_BLOCK";
    case COMBINER_STRUCT: return "STRUCT";
    case COMBINER_SUBARRAY: return "SUBARRAY";
    case COMBINER_DARRAY: return "DARRAY";
    case COMBINER_RESIZED: return "RESIZED";
    case COMBINER_VALUE_INDEX: return "VALUE_INDEX";
    case COMBINER_F90_INTEGER: return "F90_INTEGER";
    case COMBINER_F90_REAL: return "F90_REAL";
    case COMBINER_F90_COMPLEX: return "F90_COMPLEX";
    }
    return "";
}

/// Returns the arguments of a datatype's constructor one after the other (MPI-4.0, 5.1.13). A large-count constructor has all its counts and
/// displacements in `large_counts`; the others have their counts in `integers`.
class Arguments {
public:
    explicit Arguments(const Datatype::Contents& contents) : contents_(contents), is_large_(!contents.large_counts.empty()) {}

    int integer() { return contents_.integers.at(integer_++); }
    Count count() { return is_large_ ? contents_.large_counts.at(large_++) : integer(); }
    Count bytes() { return is_large_ ? contents_.large_counts.at(large_++) : Count{contents_.addresses.at(address_++)}; }
    void integers(Count n, const detail::AnyVector& to) { several(n, &Arguments::integer, to); }
    void counts(Count n, const detail::AnyVector& to) { several(n, &Arguments::count, to); }
    void all_bytes(Count n, const detail::AnyVector& to) { several(n, &Arguments::bytes, to); }

private:
    template <class T> void several(Count n, T (Arguments::*next)(), const detail::AnyVector& to) {
        std::generate_n(to.room<Count>(static_cast<std::size_t>(n)), n, [&] { return (this->*next)(); });
    }

    const Datatype::Contents& contents_;
    bool is_large_;
    std::size_t integer_ = 0, address_ = 0, large_ = 0;
};

/// Replaces Open MPI's own numbers by the constants of the header. A number that is neither stays.
void replace_own_numbers(Combiner combiner, std::span<int> integers) {
    if (combiner != COMBINER_SUBARRAY && combiner != COMBINER_DARRAY)
        return;
    constexpr int orders[]{MPI_ORDER_C, MPI_ORDER_FORTRAN};
    constexpr int distributions[]{MPI_DISTRIBUTE_BLOCK, MPI_DISTRIBUTE_CYCLIC, MPI_DISTRIBUTE_NONE};
    const auto replace = [](int& number, std::span<const int> constants) {
        if (number >= 0 && static_cast<std::size_t>(number) < constants.size())
            number = constants[static_cast<std::size_t>(number)];
    };
    replace(integers.back(), orders);
    if (combiner != COMBINER_DARRAY)
        return;
    // size, rank, ndims, perhaps gsizes, distribs, dargs, psizes, order
    const auto ndims = static_cast<std::size_t>(integers[2]);
    for (int& number : integers.last(3 * ndims + 1).first(ndims)) replace(number, distributions);
    for (int& number : integers.last(2 * ndims + 1).first(ndims))
        if (number == -1)
            number = MPI_DISTRIBUTE_DFLT_DARG;
}

}  // namespace

Datatype::Envelope Datatype::Get_envelope(At at) const {
    Envelope e{};
    int combiner = COMBINER_NAMED;
    call<MPI_Type_get_envelope>(handle(), &e.integers, &e.addresses, &e.large_counts, &e.datatypes, &combiner, at);
    e.combiner = static_cast<Combiner>(combiner);
    return e;
}

void Datatype::get_contents(const detail::ContentsParts& contents, At at) const {
    const Envelope e = Get_envelope(at);
    if (e.combiner == COMBINER_NAMED)  // which MPI does not let be asked
        return;
    const auto size = [](Count count) { return static_cast<std::size_t>(count); };
    std::vector<MPI_Datatype> types(size(e.datatypes));
    auto* const datatypes = contents.datatypes.room<Datatype>(types.size());
    int* const integers = contents.integers.room<int>(size(e.integers));
    call<MPI_Type_get_contents>(handle(), e.integers, e.addresses, e.large_counts, e.datatypes, integers,
                                contents.addresses.room<Aint>(size(e.addresses)), contents.large_counts.room<Count>(size(e.large_counts)),
                                types.data(), at);
    if (detail::has_own_numbers_in_contents())
        replace_own_numbers(e.combiner, {integers, size(e.integers)});
    std::transform(types.begin(), types.end(), datatypes, [](MPI_Datatype type) { return borrow(type).is_predefined() ? borrow(type) : take(type); });
}

void Datatype::decode_into(const detail::DecodedParts& d, At at) const {
    Contents contents = Get_contents(at);
    Arguments next(contents);
    d.combiner = Get_envelope(at).combiner;
    d.name = name_of(d.combiner);
    switch (d.combiner) {
    case COMBINER_CONTIGUOUS: d.count = next.count(); break;
    case COMBINER_VECTOR:
        d.count = next.count();
        d.blocklength = next.count();
        d.stride = next.count();
        break;
    case COMBINER_HVECTOR:
        d.count = next.count();
        d.blocklength = next.count();
        d.stride = next.bytes();
        break;
    case COMBINER_INDEXED:
        d.count = next.count();
        next.counts(d.count, d.blocklengths);
        next.counts(d.count, d.displacements);
        break;
    case COMBINER_HINDEXED:
    case COMBINER_STRUCT:
        d.count = next.count();
        next.counts(d.count, d.blocklengths);
        next.all_bytes(d.count, d.displacements);
        break;
    case COMBINER_INDEXED_BLOCK:
        d.count = next.count();
        d.blocklength = next.count();
        next.counts(d.count, d.displacements);
        break;
    case COMBINER_HINDEXED_BLOCK:
        d.count = next.count();
        d.blocklength = next.count();
        next.all_bytes(d.count, d.displacements);
        break;
    case COMBINER_SUBARRAY: {
        const int ndims = next.integer();
        next.counts(ndims, d.sizes);
        next.counts(ndims, d.subsizes);
        next.counts(ndims, d.starts);
        d.order = static_cast<Order>(next.integer());
        break;
    }
    case COMBINER_DARRAY: {
        d.size = next.integer();
        d.rank = next.integer();
        const int ndims = next.integer();
        next.counts(ndims, d.gsizes);
        next.integers(ndims, d.distribs);
        next.integers(ndims, d.dargs);
        next.integers(ndims, d.psizes);
        d.order = static_cast<Order>(next.integer());
        break;
    }
    case COMBINER_RESIZED:
        d.lb = next.bytes();
        d.extent = next.bytes();
        break;
    case COMBINER_F90_REAL:
    case COMBINER_F90_COMPLEX: d.p = next.integer(); [[fallthrough]];
    case COMBINER_F90_INTEGER: d.r = next.integer(); break;
    case COMBINER_NAMED:
    case COMBINER_DUP:
    case COMBINER_VALUE_INDEX: break;
    }
    if (d.combiner == COMBINER_STRUCT || d.combiner == COMBINER_VALUE_INDEX)
        std::move(contents.datatypes.begin(), contents.datatypes.end(), d.datatypes.room<Datatype>(contents.datatypes.size()));
    else
        d.basetype = contents.datatypes.empty() ? borrow(handle()) : std::move(contents.datatypes.front());
}

}  // namespace MPI4CXX
