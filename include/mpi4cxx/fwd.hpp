// Forward declarations of every class.
#pragma once

#include <mpi4cxx/detail/mpi/mpi.hpp>

namespace MPI4CXX {

struct At;
class Exception;
class Environment;
class Datatype;
class Op;
class Group;
class Info;
class Errhandler;
class Session;
class Memory;
class Pickle;
class Port;
template <class Class> class Handle;
template <class Class> class Named;
template <class Class> class Fortran;
template <class Class> class Hinted;
template <class Class> class Attributes;
template <class Class> class Buffered;
template <class Class> class ErrorHandling;
template <class Owner, class T> class Keyval;
class Status;
class Request;
class Prequest;
class Grequest;
template <class T> class ObjectRequest;
template <class T> class Coroutine;
class Message;
class OutputArchive;
class InputArchive;
struct ConstBuf;
struct ConstBufArg;
struct Buf;
class Comm;
class Win;
class File;
class Intracomm;
class Intercomm;
class Topocomm;
class Cartcomm;
class Graphcomm;
class Distgraphcomm;
class Weights;

namespace sync {
class Condition;
class Counter;
class Mutex;
class Semaphore;
class Sequential;
}  // namespace sync

}  // namespace MPI4CXX
