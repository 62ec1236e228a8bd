// Loads the files that exchange.py has written with NumPy, and saves their arrays again: in_NAME.npy becomes out_NAME.npy.
#include <mpi4cxx/mpi4cxx.hpp>

#include <complex>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace MPI = mpi4cxx;
namespace npy = mpi4cxx::npy;

namespace {

struct Particle {
    double mass;
    int id;
    short flags[2];
};
struct Pair {
    char tag;
    Particle particle;
};

}  // namespace

template <> struct mpi4cxx::datatype_traits<Particle> : mpi4cxx::struct_type<Particle, &Particle::mass, &Particle::id, &Particle::flags> {};

namespace {

class Exchange {
public:
    explicit Exchange(std::filesystem::path folder) : folder_(std::move(folder)) {}

    template <class T> void type(const std::string& name) const {
        for (const char* kind : {"_1d", "_big", "_2d", "_3d", "_empty"}) again<T>(name + kind, MPI::ORDER_C);
        for (const char* kind : {"_fortran", "_fortran3"}) again<T>(name + kind, MPI::ORDER_FORTRAN);
    }
    template <class T> void again(const std::string& name, MPI::Order order = MPI::ORDER_C) const {
        const npy::Block whole({}, {}, {}, order);
        const npy::Array<T> array = npy::load<T>(comm_, folder_ / ("in_" + name + ".npy"), whole);
        npy::save(comm_, folder_ / ("out_" + name + ".npy"), array.data, {array.shape, array.start, array.part, order});
    }
    void refuse(const std::string& name) const {
        try {
            (void)npy::load<double>(comm_, folder_ / ("in_" + name + ".npy"));
        } catch (const MPI::Exception&) {
            return;
        }
        throw std::runtime_error("in_" + name + ".npy was loaded");
    }

private:
    std::filesystem::path folder_;
    const MPI::Intracomm& comm_ = MPI::COMM_WORLD;
};

}  // namespace

int main(int argc, char** argv) {
    MPI::Environment env(argc, argv);
    const Exchange exchange(argc > 1 ? argv[1] : ".");
    exchange.type<bool>("b1");
    exchange.type<std::int8_t>("i1");
    exchange.type<std::int16_t>("i2");
    exchange.type<std::int32_t>("i4");
    exchange.type<std::int64_t>("i8");
    exchange.type<std::uint8_t>("u1");
    exchange.type<std::uint16_t>("u2");
    exchange.type<std::uint32_t>("u4");
    exchange.type<std::uint64_t>("u8");
    exchange.type<float>("f4");
    exchange.type<double>("f8");
    exchange.type<long double>("f16");
    exchange.type<std::complex<float>>("c8");
    exchange.type<std::complex<double>>("c16");
    exchange.type<std::complex<long double>>("c32");
    for (const char* name : {"record", "record_aligned", "record_big", "record_mixed"}) exchange.again<Particle>(name);
    exchange.again<Pair>("record_nested");
    for (const char* name : {"version2", "version3", "mapped"}) exchange.again<double>(name);
    for (const char* name : {"object", "text", "half", "date", "longer"}) exchange.refuse(name);
    if (MPI::COMM_WORLD.Get_rank() == 0)
        std::puts("exchange: ok");
}
