/// MPI in C++20 with mpi4py's communicator API. By custom: `namespace MPI = mpi4cxx;`
#pragma once

#include <mpi4cxx/buffer.hpp>
#include <mpi4cxx/cartcomm.hpp>
#include <mpi4cxx/comm.hpp>
#include <mpi4cxx/constants.hpp>
#include <mpi4cxx/datatype.hpp>
#include <mpi4cxx/datatype_traits.hpp>
#include <mpi4cxx/distgraphcomm.hpp>
#include <mpi4cxx/environment.hpp>
#include <mpi4cxx/error.hpp>
#include <mpi4cxx/fwd.hpp>
#include <mpi4cxx/graphcomm.hpp>
#include <mpi4cxx/handle.hpp>
#include <mpi4cxx/intercomm.hpp>
#include <mpi4cxx/intracomm.hpp>
#include <mpi4cxx/message.hpp>
#include <mpi4cxx/object_request.hpp>
#include <mpi4cxx/op.hpp>
#include <mpi4cxx/request.hpp>
#include <mpi4cxx/serialize.hpp>
#include <mpi4cxx/status.hpp>
#include <mpi4cxx/topocomm.hpp>
#include <mpi4cxx/version.hpp>
#include <mpi4cxx/weights.hpp>
