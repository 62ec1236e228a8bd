#include <mpi4cxx/datatype.hpp>

#include <mpi4cxx/error.hpp>

#include <utility>

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

/// The arguments of a constructor one after the other (MPI-4.0, 5.1.13). A large-count constructor has its counts and displacements all in
/// `large_counts`, the others have their counts in `integers`.
class Arguments {
public:
    explicit Arguments(const Datatype::Contents& contents) : contents_(contents), is_large_(!contents.large_counts.empty()) {}

    int integer() { return contents_.integers.at(integer_++); }
    Count count() { return is_large_ ? contents_.large_counts.at(large_++) : integer(); }
    Count bytes() { return is_large_ ? contents_.large_counts.at(large_++) : Count{contents_.addresses.at(address_++)}; }
    std::vector<Count> integers(Count n) { return several(n, &Arguments::integer); }
    std::vector<Count> counts(Count n) { return several(n, &Arguments::count); }
    std::vector<Count> all_bytes(Count n) { return several(n, &Arguments::bytes); }

private:
    template <class T> std::vector<Count> several(Count n, T (Arguments::*next)()) {
        std::vector<Count> result;
        for (; n > 0; --n) result.push_back((this->*next)());
        return result;
    }

    const Datatype::Contents& contents_;
    bool is_large_;
    std::size_t integer_ = 0, address_ = 0, large_ = 0;
};

}  // namespace

Datatype::Envelope Datatype::Get_envelope(At at) const {
    Envelope e{};
    int combiner = COMBINER_NAMED;
    call<MPI_Type_get_envelope>(handle(), &e.integers, &e.addresses, &e.large_counts, &e.datatypes, &combiner, at);
    e.combiner = static_cast<Combiner>(combiner);
    return e;
}

Datatype::Contents Datatype::Get_contents(At at) const {
    const Envelope e = Get_envelope(at);
    Contents result;
    if (e.combiner == COMBINER_NAMED)  // which MPI does not let be asked
        return result;
    result.integers.resize(static_cast<std::size_t>(e.integers));
    result.addresses.resize(static_cast<std::size_t>(e.addresses));
    result.large_counts.resize(static_cast<std::size_t>(e.large_counts));
    std::vector<MPI_Datatype> types(static_cast<std::size_t>(e.datatypes));
    call<MPI_Type_get_contents>(handle(), e.integers, e.addresses, e.large_counts, e.datatypes, result.integers.data(), result.addresses.data(),
                                result.large_counts.data(), types.data(), at);
    for (const MPI_Datatype type : types) result.datatypes.push_back(borrow(type).is_predefined() ? borrow(type) : take(type));
    return result;
}

Datatype::Decoded Datatype::decode(At at) const {
    Contents contents = Get_contents(at);
    Arguments next(contents);
    Decoded d;
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
        d.blocklengths = next.counts(d.count);
        d.displacements = next.counts(d.count);
        break;
    case COMBINER_HINDEXED:
    case COMBINER_STRUCT:
        d.count = next.count();
        d.blocklengths = next.counts(d.count);
        d.displacements = next.all_bytes(d.count);
        break;
    case COMBINER_INDEXED_BLOCK:
        d.count = next.count();
        d.blocklength = next.count();
        d.displacements = next.counts(d.count);
        break;
    case COMBINER_HINDEXED_BLOCK:
        d.count = next.count();
        d.blocklength = next.count();
        d.displacements = next.all_bytes(d.count);
        break;
    case COMBINER_SUBARRAY: {
        const int ndims = next.integer();
        d.sizes = next.counts(ndims);
        d.subsizes = next.counts(ndims);
        d.starts = next.counts(ndims);
        d.order = static_cast<Order>(next.integer());
        break;
    }
    case COMBINER_DARRAY: {
        d.size = next.integer();
        d.rank = next.integer();
        const int ndims = next.integer();
        d.gsizes = next.counts(ndims);
        d.distribs = next.integers(ndims);
        d.dargs = next.integers(ndims);
        d.psizes = next.integers(ndims);
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
        d.datatypes = std::move(contents.datatypes);
    else
        d.basetype = contents.datatypes.empty() ? borrow(handle()) : std::move(contents.datatypes.front());
    return d;
}

Datatype Datatype::Decoded::make(At at) const {
    switch (combiner) {
    case COMBINER_DUP: return basetype.Dup(at);
    case COMBINER_CONTIGUOUS: return basetype.Create_contiguous(count, at);
    case COMBINER_VECTOR: return basetype.Create_vector(count, blocklength, stride, at);
    case COMBINER_HVECTOR: return basetype.Create_hvector(count, blocklength, static_cast<Aint>(stride), at);
    case COMBINER_INDEXED: return basetype.Create_indexed(blocklengths, displacements, at);
    case COMBINER_HINDEXED: return basetype.Create_hindexed(blocklengths, displacements, at);
    case COMBINER_INDEXED_BLOCK: return basetype.Create_indexed_block(blocklength, displacements, at);
    case COMBINER_HINDEXED_BLOCK: return basetype.Create_hindexed_block(blocklength, displacements, at);
    case COMBINER_STRUCT: return Create_struct(blocklengths, displacements, datatypes, at);
    case COMBINER_SUBARRAY: return basetype.Create_subarray(sizes, subsizes, starts, order, at);
    case COMBINER_DARRAY: return basetype.Create_darray(size, rank, gsizes, distribs, dargs, psizes, order, at);
    case COMBINER_RESIZED: return basetype.Create_resized(static_cast<Aint>(lb), static_cast<Aint>(extent), at);
    case COMBINER_VALUE_INDEX: return Get_value_index(datatypes.at(0), datatypes.at(1), at);
    case COMBINER_F90_INTEGER: return Create_f90_integer(r, at);
    case COMBINER_F90_REAL: return Create_f90_real(p, r, at);
    case COMBINER_F90_COMPLEX: return Create_f90_complex(p, r, at);
    case COMBINER_NAMED: break;
    }
    return borrow(basetype.handle());
}

}  // namespace MPI4CXX
