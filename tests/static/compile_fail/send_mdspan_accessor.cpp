// error: mpi4cxx: the accessor of this mdspan may look for elements elsewhere than its layout says: describe the memory
#include <mpi4cxx/intracomm.hpp>

#include <cstddef>

namespace stdex {

template <class T> struct default_accessor {
    static T& access(T* p, std::size_t i) { return p[i]; }
};
template <class T> struct every_second {
    static T& access(T* p, std::size_t i) { return p[2 * i]; }
};
struct Row {
    int extent;
    int operator()(int i) const { return i; }
};
/// A std::mdspan of one dimension.
template <class T, class Accessor> struct mdspan {
    using element_type = T;
    using index_type = int;
    using reference = T&;
    using data_handle_type = T*;
    using accessor_type = Accessor;
    using mapping_type = Row;

    mdspan(T* p, int n) : first(p), row{n} {}
    static constexpr std::size_t rank() { return 1; }
    static constexpr bool is_always_strided() { return true; }
    [[nodiscard]] T* data_handle() const { return first; }
    [[nodiscard]] const Row& mapping() const { return row; }
    [[nodiscard]] Accessor accessor() const { return {}; }
    [[nodiscard]] int extent(std::size_t /*dimension*/) const { return row.extent; }
    [[nodiscard]] int stride(std::size_t /*dimension*/) const { return 1; }
    [[nodiscard]] bool empty() const { return row.extent == 0; }

private:
    T* first;
    Row row;
};

}  // namespace stdex

#ifdef REJECTED
using Elements = stdex::mdspan<double, stdex::every_second<double>>;
#else
using Elements = stdex::mdspan<double, stdex::default_accessor<double>>;
#endif

void send(const mpi4cxx::Comm& comm, const Elements& elements) { comm.Send(elements, 1); }
