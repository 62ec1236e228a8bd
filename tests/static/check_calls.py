"""Checks that no MPI function is called but through call<…> and get<…>, which look at its return code.

usage: check_calls.py SOURCE_ROOT
"""
import pathlib
import re
import sys

# The choke point itself.
EXEMPT_FILES = {'include/mpi4cxx/detail/mpi/missing_functions.hpp', 'include/mpi4cxx/detail/mpi/call.hpp', 'include/mpi4cxx/detail/mpi/function_variants.hpp', 'lib/mpi/large_count.cpp', 'lib/mpi/large_types.cpp', 'lib/mpi/large_windows.cpp', 'lib/mpi/int_counts.hpp', 'lib/mpi/file_count.cpp', 'lib/mpi/temporary_datatype.hpp'}
# Functions that return no error code.
EXEMPT_FUNCTIONS = re.compile(r'MPI_(Wtime|Wtick|Aint_add|Aint_diff|\w+_c2f|\w+_f2c)$')
# Calls where no exception may leave, or where the code is looked at on the spot.
REVIEWED = {
    ('lib/requests/channel.cpp', 'MPI_Comm_free'): 'while MPI finalizes',
    ('lib/communicators/object_route.cpp', 'MPI_Group_free'): 'also after an error, which is thrown next',
    ('lib/communicators/object_route.cpp', 'MPI_Group_translate_ranks'): 'raised after the groups are freed',
    ('lib/communicators/collective_handle.cpp', 'MPI_Test'): 'of votes that nobody waits for: one that fails is looked at again',
    ('lib/communicators/collective_handle.cpp', 'MPI_Comm_free'): 'called by functions that do not throw',
    ('lib/windows/window_state.cpp', 'MPI_Win_get_name'): 'describes an error already',
    ('lib/communicators/dropped_handles.cpp', 'MPI_Comm_get_attr'): 'called by destructors',
    ('lib/communicators/dropped_handles.cpp', 'MPI_Comm_free_keyval'): 'while MPI finalizes',
    ('lib/communicators/outside.cpp', 'MPI_Comm_free'): 'returned to MPI, which calls',
    ('lib/communicators/outside.cpp', 'MPI_Comm_free_keyval'): 'while MPI finalizes',
    ('lib/communicators/outside.cpp', 'MPI_Comm_get_attr'): 'the key is valid',
    ('lib/communicators/session_members.cpp', 'MPI_Comm_free_keyval'): 'while MPI finalizes',
    ('lib/communicators/session_members.cpp', 'MPI_Comm_get_name'): 'describes an error already',
    ('lib/environment/session.cpp', 'MPI_Session_finalize'): 'while MPI finalizes',
    ('lib/communicators/dup_methods.cpp', 'MPI_Comm_free'): 'a destructor',
    ('lib/communicators/dup_methods.cpp', 'MPI_Test'): 'raised when somebody waits',
    ('lib/environment/environment.cpp', 'MPI_Finalize'): 'a destructor',
    ('lib/environment/environment.cpp', 'MPI_Pcontrol'): 'takes variable arguments, raised on the spot',
    ('lib/mpi/implementation.cpp', 'MPI_Abi_get_version'): 'looked at on the spot',
    ('lib/mpi/implementation.cpp', 'MPI_Get_library_version'): 'without an answer the text is empty',
    ('lib/runtime/error.cpp', 'MPI_Comm_get_attr'): 'describes an error',
    ('lib/runtime/error.cpp', 'MPI_Comm_get_name'): 'describes an error',
    ('lib/runtime/error.cpp', 'MPI_Comm_rank'): 'describes an error',
    ('lib/runtime/error.cpp', 'MPI_Comm_size'): 'describes an error',
    ('lib/runtime/error.cpp', 'MPI_Error_class'): 'describes an error',
    ('lib/runtime/error.cpp', 'MPI_Error_string'): 'describes an error',
    ('lib/runtime/finalize.cpp', 'MPI_Abort'): 'ends the process in either case',
    ('lib/runtime/finalize.cpp', 'MPI_Comm_create_from_group'): 'to end the process, in either case',
    ('lib/runtime/finalize.cpp', 'MPI_Comm_rank'): 'describes the error to abort with',
    ('lib/runtime/finalize.cpp', 'MPI_Comm_size'): 'describes the error to abort with',
    ('lib/runtime/finalize.cpp', 'MPI_Group_from_session_pset'): 'describes the error to abort with, and to end the process',
    ('lib/runtime/finalize.cpp', 'MPI_Group_rank'): 'describes the error to abort with',
    ('lib/runtime/finalize.cpp', 'MPI_Group_size'): 'describes the error to abort with',
    ('lib/runtime/finalize.cpp', 'MPI_Finalized'): 'cannot fail, asked by destructors',
    ('lib/runtime/finalize.cpp', 'MPI_Initialized'): 'cannot fail, asked by destructors',
    ('lib/requests/grequest.cpp', 'MPI_Grequest_complete'): 'a destructor',
    ('lib/handles/memory.cpp', 'MPI_Free_mem'): 'a destructor',
    ('lib/communicators/object_collective.cpp', 'MPI_Test'): 'sends that may have nobody who waits for them',
    ('lib/communicators/object_recv.cpp', 'MPI_Cancel'): 'also of receives that are dropped',
    ('lib/communicators/p2p.cpp', 'MPI_Cancel'): 'after an error, which whoever waits is thrown',
    ('lib/communicators/object_send.cpp', 'MPI_Cancel'): 'after an error, which is thrown next',
    ('lib/communicators/object_send.cpp', 'MPI_Isend'): 'after an error, which whoever waits is thrown',
    ('lib/requests/side_tag.cpp', 'MPI_Cancel'): 'while MPI finalizes',
    ('lib/requests/side_tag.cpp', 'MPI_Irecv'): 'without it the tag never comes again',
    ('lib/requests/side_tag.cpp', 'MPI_Test'): 'after an error the tag never comes again',
    ('lib/requests/side_tag.cpp', 'MPI_Wait'): 'while MPI finalizes',
    ('lib/communicators/object_send.cpp', 'MPI_Request_free'): 'after an error, which is thrown next',
    ('lib/futures/open_pool.cpp', 'MPI_Finalize'): 'a worker ends, in either case',
    ('lib/handles/op.cpp', 'MPI_Op_free'): 'a destructor',
    ('lib/handles/op.cpp', 'MPI_Type_get_attr'): 'a callback of MPI, which aborts if it finds nothing',
    ('lib/requests/progress.cpp', 'MPI_Error_class'): 'asks what has failed',
    ('lib/requests/progress.cpp', 'MPI_Test'): 'raised with the name of the blocking function',
    ('lib/requests/progress.cpp', 'MPI_Testsome'): 'raised by the operation whose request it is',
    ('lib/requests/request.cpp', 'MPI_Cancel'): 'drops a request, noexcept',
    ('lib/requests/request.cpp', 'MPI_Request_free'): 'drops a request, noexcept',
    ('lib/requests/request.cpp', 'MPI_Request_get_status'): 'after an error, which is thrown next',
    ('lib/requests/request.cpp', 'MPI_Test'): 'drops a request, noexcept',
}

COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
CALL = re.compile(r'\bP?(MPIX?_[A-Z][a-z]\w*)\s*\(')

root = pathlib.Path(sys.argv[1])
problems = []
unused = dict(REVIEWED)
for path in sorted([*root.glob('include/**/*.hpp'), *root.glob('lib/**/*.[ch]pp')]):
    name = path.relative_to(root).as_posix()
    # The trace lies beneath: it hands on what MPI returns.
    if name in EXEMPT_FILES or name.startswith('lib/trace/'):
        continue
    # what is cut out leaves its line ends, so that lines keep their numbers
    text = COMMENT_OR_STRING.sub(lambda match: '\n' * match[0].count('\n'), path.read_text(encoding='utf-8'))
    for match in CALL.finditer(text):
        function = match[1]
        unused.pop((name, function), None)
        if (name, function) not in REVIEWED and not EXEMPT_FUNCTIONS.match(function):
            line = text.count('\n', 0, match.start()) + 1
            problems.append(f'{name}:{line}: {function} is called without a look at what it returns: use call<{function}> or get<{function}>')
problems += [f'{name} no longer calls {function}: take it off the list in {pathlib.Path(__file__).name}' for name, function in unused]
sys.exit('\n'.join(problems) or 0)
