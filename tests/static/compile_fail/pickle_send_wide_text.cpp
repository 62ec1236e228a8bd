// error: mpi4cxx: this type is no value of Python's: a str is sent from text of char, in UTF-8
#include <mpi4cxx/python.hpp>

#ifdef REJECTED
void send(const mpi4cxx::PickleComm& comm) { comm.send(u8"text", 1); }
#else
void send(const mpi4cxx::PickleComm& comm) { comm.send("text", 1); }
#endif
