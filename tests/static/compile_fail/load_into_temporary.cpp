// error: mpi4cxx: what is read here is lost
#include <mpi4cxx/intracomm.hpp>

#include <vector>

struct Grid {
    std::vector<double> values;
    template <class Archive> void serialize(Archive& archive) {
#ifdef REJECTED
        archive(values.size(), values);
#else
        archive(values);
#endif
    }
};

Grid receive(const mpi4cxx::Comm& comm) { return comm.recv<Grid>(0); }
