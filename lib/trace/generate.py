#!/usr/bin/env python3
"""Generates the trace's wrappers of all functions in <mpi.h>: generate.py TABLE WRAPPERS PREPROCESSOR…

TABLE gets the names and families of the functions. WRAPPERS gets their definitions. What a call does follows from the names of
its parameters, which are those of the standard. A wrapper tells it by calling the methods of Call in call.hpp.
"""
import pathlib
import re
import subprocess
import sys

table, wrappers, *preprocessor = sys.argv[1:]

# Written by hand in init_finalize.cpp and completion.cpp.
BY_HAND = {'Init', 'Init_thread', 'Finalize', 'Abort', 'Wait', 'Waitall', 'Waitany', 'Waitsome', 'Test', 'Testall', 'Testany', 'Testsome',
           'Request_get_status', 'Request_free', 'Start', 'Startall'}
UNTRACED = re.compile(r'MPI_(T_|Pcontrol|Wtime|Wtick|Aint_|\w+_[cf]2[cf]|\w+_(to|from)int|\w+f08|Initialized|Finalized)')
if '-DMPI_ABI' in preprocessor:  # Open MPI's library of the standard ABI lacks what MPI-2 replaced
    UNTRACED = re.compile(UNTRACED.pattern + '|MPI_(Attr|Keyval)_')

# Collectives: the pattern, what a process sends to each receiver, and what it sends instead with IN_PLACE.
COLLECTIVES = {
    'Barrier': ('all', 'nothing()'),
    'Bcast': ('from_root', 'same(count, datatype)'),
    'Gather': ('to_root', 'same(sendcount, sendtype)'),
    'Gatherv': ('to_root', 'same(sendcount, sendtype)'),
    'Scatter': ('from_root', 'same(sendcount, sendtype)'),
    'Scatterv': ('from_root', 'each(sendcounts, sendtype)'),
    'Allgather': ('all', 'same(sendcount, sendtype)', 'same(recvcount, recvtype)'),
    'Allgatherv': ('all', 'same(sendcount, sendtype)', 'own(recvcounts, recvtype)'),
    'Alltoall': ('all', 'same(sendcount, sendtype)', 'same(recvcount, recvtype)'),
    'Alltoallv': ('all', 'each(sendcounts, sendtype)', 'each(recvcounts, recvtype)'),
    'Alltoallw': ('all', 'each(sendcounts, sendtypes)', 'each(recvcounts, recvtypes)'),
    'Reduce': ('to_root', 'same(count, datatype)'),
    'Allreduce': ('all', 'same(count, datatype)'),
    'Scan': ('upwards', 'same(count, datatype)'),
    'Exscan': ('upwards', 'same(count, datatype)'),
    'Reduce_scatter': ('all', 'call.scattered(recvcounts, datatype, comm)'),
    'Reduce_scatter_block': ('all', 'same(recvcount, datatype)'),
    'Neighbor_allgather': ('neighbours', 'same(sendcount, sendtype)'),
    'Neighbor_allgatherv': ('neighbours', 'same(sendcount, sendtype)'),
    'Neighbor_alltoall': ('neighbours', 'same(sendcount, sendtype)'),
    'Neighbor_alltoallv': ('neighbours', 'each(sendcounts, sendtype)'),
    'Neighbor_alltoallw': ('neighbours', 'each(sendcounts, sendtypes)'),
}


def prototypes():
    text = subprocess.run([*preprocessor, '-E', '-P', '-x', 'c', '-'], input='#include <mpi.h>\n', capture_output=True, text=True, check=True).stdout
    found = dict(re.findall(r'\bint (P?MPI_\w+)\(((?:[^()]|\([^()]*\))*)\)', ' '.join(text.split())))
    return {name: found[name] for name in sorted(found) if 'P' + name in found and not UNTRACED.match(name)}


def parameters(text):
    """Returns the types of the parameters by name."""
    if text.strip() in ('void', ''):
        return {}
    matches = [re.match(r'(.*?)(\w+)\s*((?:\[[^]]*\]\s*)*)$', parameter.strip()) for parameter in text.split(',')]
    return {match[2]: match[1].strip() + match[3] for match in matches}


def base(name):
    """Returns Bcast for MPI_Ibcast_c and MPI_Bcast_init; other names lose only MPI_ and _c."""
    name = re.sub('_c$', '', name.removeprefix('MPI_'))
    collective = re.sub('_init$', '', name)
    immediate = collective[1:].capitalize() if re.match('I[a-z]', collective) else ''
    return next((word for word in (collective, immediate) if word in COLLECTIVES), name)


def family(name, types):
    word = base(name)
    if word in COLLECTIVES:
        return 'collective'
    if word.startswith(('Win_', 'File_')):
        return 'local' if re.search(r'_(get|set|errhandler|keyval|free_keyval|call)_?', word) else 'window' if word.startswith('Win_') else 'file'
    if 'win' in types:
        return 'window'
    if re.match(r'(Precv_init|I?m?recv|Recv)', word, re.I):
        return 'receive'
    if 'dest' in types or re.match(r'(Start|Pready)', word):
        return 'send'
    if re.match(r'(Wait|Test(all|any|some)?$|I?m?probe|Request_get_status|Parrived)', word, re.I):
        return 'wait'
    if made_communicators(word, types) or word in ('Init', 'Init_thread', 'Finalize', 'Comm_free', 'Comm_disconnect'):
        return 'setup'
    return 'local'


def made_communicators(word, types):
    return [name for name, kind in types.items() if kind == 'MPI_Comm *' and word not in ('Comm_free', 'Comm_disconnect', 'Comm_get_parent')]


def met_communicators(word, types):
    """Returns the communicator whose processes all take part in making a new one or a window, or in ending it."""
    if word == 'Comm_disconnect':
        return ['*comm']
    makes = (made_communicators(word, types) and word != 'Comm_create_group') or (types.get('win') == 'MPI_Win *' and word != 'Win_free')
    return [name for name in ('comm', 'comm_old', 'local_comm', 'intercomm') if makes and types.get(name) == 'MPI_Comm']


def statements(name, types):
    """Yields what a wrapper tells of a call before it makes the call."""
    word = base(name)
    if word in COLLECTIVES:
        pattern, sizes, *in_place = COLLECTIVES[word]
        sizes = f'sendbuf == MPI_IN_PLACE ? {in_place[0]} : {sizes}' if in_place else sizes
        yield f'call.collective(comm, CollectivePattern::{pattern}, {"root" if "root" in types else "0"}, {sizes});'
    elif 'comm' in types and 'dest' in types and word != 'Precv_init':
        count = ('partitions * ' if 'partitions' in types else '') + ('sendcount' if 'sendcount' in types else 'count')
        kind, tag = ('sendtype' if 'sendtype' in types else 'datatype'), ('sendtag' if 'sendtag' in types else 'tag')
        yield f'call.sends_to({count}, {kind}, dest, {tag}, comm);'
    if 'comm' in types and 'source' in types or word == 'Precv_init':
        tag = 'recvtag' if 'recvtag' in types else 'tag'
        yield f'call.{"probes_from" if "robe" in word else "receives_from"}({"source" if "source" in types else "dest"}, {tag}, comm);'
    if 'message' in types:
        yield 'call.finds_message(message);' if 'robe' in word else 'call.receives_message(message);'
    if types.get('status') == 'MPI_Status *' and family(name, types) in ('send', 'receive', 'wait'):
        yield 'status = call.fills_status(status);'
    if word == 'Psend_init':
        yield 'call.has_partitions(partitions);'
    if word.startswith('Pready'):
        first, second, *_ = types
        number = {'Pready': '1', 'Pready_range': f'{second} - {first} + 1', 'Pready_list': first}[word]
        yield f'call.readies(request, {number});'
    if types.get('flag') == 'int *' and family(name, types) == 'wait':
        yield 'call.sets_flag(flag);'
    if types.get('request') == 'MPI_Request *' and (family(name, types) in ('send', 'receive', 'collective') or made_communicators(word, types)):
        yield 'call.starts_request(request);'
    for comm in met_communicators(word, types):
        yield f'call.collective({comm}, CollectivePattern::all, 0, nothing());'
    for comm in made_communicators(word, types):
        yield f'call.{"will_make_comm" if "request" in types else "makes_comm"}({comm});'
    yield from window_statements(word, types)
    if word == 'Comm_set_name':
        yield 'call.names_comm(comm, comm_name);'


# One-sided calls: whether they write to the target and whether they read it.
ACCESSES = {'Put': ('true', 'false'), 'Get': ('false', 'true'), 'Accumulate': ('true', 'false'), 'Get_accumulate': ('true', 'true'),
            'Rput': ('true', 'false'), 'Rget': ('false', 'true'), 'Raccumulate': ('true', 'false'), 'Rget_accumulate': ('true', 'true'),
            'Fetch_and_op': ('true', 'true'), 'Compare_and_swap': ('true', 'true')}


def window_statements(word, types):
    """Yields what a wrapper tells of a call with a window."""
    if word in ACCESSES:
        count = next((name for name in types if name in ('target_count', 'target_cout')), None)  # Open MPI 4.1 misspells one
        elements = f'{count}, ' + next(name for name in types if 'target' in name and 'type' in name) if count else '1, datatype'
        yield f'call.accesses({elements}, target_rank, win, {", ".join(ACCESSES[word])});'
    elif types.get('win') == 'MPI_Win *' and word != 'Win_free':
        yield 'call.makes_window(win);'
    elif word == 'Win_set_name':
        yield 'call.names_window(win, win_name);'
    elif word in ('Win_fence', 'Win_free'):
        yield f'call.meets({"win" if word == "Win_fence" else "*win"});'
    elif word in ('Win_post', 'Win_start'):
        yield f'call.posts(win, group, {"true" if word == "Win_start" else "false"});'
    elif word == 'Win_complete':
        yield 'call.completes_epoch(win);'
    elif word == 'Win_lock':
        yield 'call.locks(win, rank, lock_type == MPI_LOCK_EXCLUSIVE);'
    elif word in ('Win_unlock', 'Win_flush', 'Win_flush_local'):
        yield 'call.synchronizes(win, rank);'
    elif word in ('Win_lock_all', 'Win_unlock_all', 'Win_flush_all', 'Win_flush_local_all', 'Win_wait'):
        yield 'call.synchronizes(win, any_rank);'


declared = {name: (text, parameters(text)) for name, text in prototypes().items()}
lines = ['// Written by generate.py.', '#pragma once', '#include "trace/function.hpp"', 'namespace mpi4cxx::trace {',
         'inline constexpr Function functions[] = {']
lines += [f'    {{"{name}", Family::{family(name, types)}}},' for name, (_, types) in declared.items()]
pathlib.Path(table).write_text('\n'.join(lines + ['};', '}  // namespace mpi4cxx::trace', '']))

# MPICH 5.0's library of the standard ABI lacks PMPI_File_close, so the next library's MPI_File_close is called.
NEXT = {'MPI_File_close': 'reinterpret_cast<decltype(&MPI_File_close)>(dlsym(RTLD_NEXT, "MPI_File_close"))'} if '-DMPI_ABI' in preprocessor else {}

lines = ['// Written by generate.py.', '#include "trace/call.hpp"', '#include <dlfcn.h>', '#pragma GCC diagnostic ignored "-Wdeprecated-declarations"', 'using namespace mpi4cxx::trace;', 'extern "C" {']
for i, (name, (text, types)) in enumerate(declared.items()):
    if name.removeprefix('MPI_') in BY_HAND:
        continue
    lines += [f'MPI4CXX_TRACED int {name}({text}) {{', f'    Call call({i});', *['    ' + line for line in statements(name, types)],
              f'    return call.done({NEXT.get(name, "P" + name)}({", ".join(types)}));', '}']
pathlib.Path(wrappers).write_text('\n'.join(lines + ['}', '']))
