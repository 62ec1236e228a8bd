// error: mpi4cxx: this type cannot be sent as an object: its serialize, or save and load, cannot be called
#include <mpi4cxx/intracomm.hpp>

#include <string>

struct Agent {
    std::string name, secret;
#ifdef REJECTED
private:
#endif
    template <class Archive> void serialize(Archive& archive) { archive(name); }
};

void send(const mpi4cxx::Comm& comm, const Agent& agent) { comm.send(agent, 1); }
