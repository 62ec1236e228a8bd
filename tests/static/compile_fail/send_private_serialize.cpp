// error: mpi4cxx: this type cannot be sent as an object: its serialize, .* cannot be called.* say .friend class cereal::access;
#include <mpi4cxx/intracomm.hpp>

#include <string>

class Agent {
#ifndef REJECTED
    friend class cereal::access;
#endif
    std::string name_;
    template <class Archive> void serialize(Archive& archive, const unsigned) { archive& name_; }
};

void send(const mpi4cxx::Comm& comm, const Agent& agent) { comm.send(agent, 1); }
