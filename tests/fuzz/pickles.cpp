// Reads pickles of Python's from bytes that anybody may have made, for libFuzzer. The first byte says into which type. All that may come of them is a
// value, whose own pickle then has to give the same pickle again, or an mpi4cxx::Exception, and no more memory may be taken than such bytes deserve.

#include <mpi4cxx/error.hpp>
#include <mpi4cxx/python/pickle.hpp>

#include <sanitizer/allocator_interface.h>

#include <array>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace python = mpi4cxx::python;

namespace {

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "%s\n", what);
    std::abort();
}

/// What may be allocated for the nodes of a pickle, freed again or not: of each byte a node, and what the vectors that grow throw away.
constexpr std::size_t per_byte = 512, in_any_case = 1 << 16;

std::size_t allowance = SIZE_MAX;  // SIZE_MAX: nobody counts

void count(const volatile void*, std::size_t size) {
    if (allowance == SIZE_MAX)
        return;
    if (size > allowance) {
        allowance = SIZE_MAX;
        fail("the nodes take more memory than their bytes deserve");
    }
    allowance -= size;
}

struct Point {
    double x, y;
};
struct Plan {
    int steps;
    std::optional<std::string> name;
    std::vector<Point> points;
    std::array<int, 2> grid;
};

using Pickle = std::span<const std::byte>;
using Buffers = std::span<const Pickle>;

template <class T> std::vector<std::byte> written(const T& value) {
    try {
        return python::dumps(value);
    } catch (const std::invalid_argument&) {
        return {};
    }  // a str that is no UTF-8
}

template <class T> void read(Pickle pickle, Buffers buffers) {
    const T value = python::loads<T>(pickle, buffers);
    const std::vector<std::byte> first = written(value);
    if (!first.empty() && written(python::loads<T>(first)) != first)
        fail("a value is another after it was written and read");
}

constexpr void (*all[])(Pickle, Buffers) = {
    read<python::Value>,
    read<int>,
    read<std::uint64_t>,
    read<double>,
    read<std::complex<float>>,
    read<std::string>,
    read<python::Bytes>,
    read<std::vector<double>>,
    read<std::vector<std::vector<std::int16_t>>>,
    read<std::vector<bool>>,
    read<std::array<std::array<float, 3>, 2>>,
    read<python::Array<long double>>,
    read<std::map<std::string, std::vector<double>>>,
    read<std::map<int, std::string>>,
    read<std::set<std::string>>,
    read<std::tuple<int, double, std::optional<std::string>>>,
    read<std::variant<int, double, std::string, std::vector<int>, std::map<std::string, int>>>,
    read<Point>,
    read<Plan>,
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    __sanitizer_install_malloc_and_free_hooks(count, [](const volatile void*) {});
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1)
        return -1;
    const Pickle pickle(reinterpret_cast<const std::byte*>(data) + 1, size - 1);
    const std::array<std::byte, 48> memory{};
    const Pickle buffers[] = {memory, Pickle(memory).first(24)};
    try {
        allowance = size * per_byte + in_any_case;
        const mpi4cxx::detail::PickleDocument document(pickle, buffers, "loads", {});
        allowance = SIZE_MAX;
        all[data[0] % std::size(all)](pickle, buffers);
    } catch (const mpi4cxx::Exception&) {}
    allowance = SIZE_MAX;
    return 0;
}
