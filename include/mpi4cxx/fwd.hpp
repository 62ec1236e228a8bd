// Forward declarations of every class.
#pragma once

namespace mpi4cxx {

struct At;
class Exception;
class Environment;
class Datatype;
class Op;
class Status;
class Request;
template <class T> class ObjectRequest;
class Message;
struct ConstBuf;
struct Buf;
struct ConstBufV;
struct BufV;
class Comm;
class Intracomm;
class Intercomm;
class Topocomm;
class Cartcomm;
class Graphcomm;
class Distgraphcomm;
class Weights;

}  // namespace mpi4cxx
