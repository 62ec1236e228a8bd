"""What the reference says about a member besides the sentence in its header: what it throws, and an example.

THROWS says once what is true of many. Examples are parts of examples/reference_*.cpp, so a test compiles and runs them. A part begins
with a line "// [Class::member Class::member …]", which names the members that it is the example of, and ends before the next empty line.
"""
import re
import textwrap

BLOCKS = r'(?:All)?[Gg]ather|Scatter|Alltoall'
COUNTED = r'(?:All)?[Gg]atherv|Scatterv|Alltoall[vw]'

# (a pattern of names, what these throw). A name may match several. What calls MPI throws MPI's errors too.
THROWS = [
    (rf'Comm::I?(?:{BLOCKS}|Reduce_scatter_block)(?:_init)?|Topocomm::(?:I?[Nn]eighbor_(?:allgather|alltoall))(?:_init)?',
     '`std::invalid_argument`: the buffer of all blocks does not divide by their number, or its blocks are not as long as the other buffer.'),
    (rf'Comm::I?(?:{COUNTED})(?:_init|_counted)?|Topocomm::I?[Nn]eighbor_(?:allgatherv|alltoall[vw])(?:_init)?',
     '`std::invalid_argument`: there is not one count, or not one displacement, for each block, or a block reaches beyond its buffer.'),
    (r'Comm::I?(?:Reduce|Allreduce|Reduce_scatter_block|Reduce_scatter)(?:_init)?|Intracomm::I?(?:Scan|Exscan)(?:_init)?',
     '`std::invalid_argument`: the buffers have different lengths or types, have gaps, or hold elements that the operation does not take.'),
    (r'Comm::(?:Irecv|Recv|Sendrecv|Isendrecv|Recv_init)|Message::Recv', '`Exception` of class ERR_TRUNCATE: the message is longer than the buffer.'),
    (r'Comm::(?:i?recv|i?recv_into|sendrecv)|Message::recv',
     '`Exception` of class ERR_TYPE: the message is not such an object. The next message can still be received.'),
    (r'Comm::i?(?:bcast|gather|allgather|reduce|allreduce)|Intracomm::(?:ex)?scan|Topocomm::neighbor_allgather',
     '`Exception` of class ERR_TYPE: the objects of the processes are not of one type.'),
    (r'Comm::i?(?:scatter|alltoall)', '`std::invalid_argument`, on every process: the number of objects is not that of the processes.'),
    (r'Topocomm::neighbor_alltoall', '`std::invalid_argument`, here and on the neighbours: the number of objects is not that of the neighbours.'),
    (r'Comm::P(?:send|recv)_init', '`std::invalid_argument`: the buffer does not divide into the partitions.'),
    (r'(\w+comm)::\1', '`std::invalid_argument`: the communicator is of another class. It stays where it is.'),
    (r'Intracomm::(?:Create_cart|Cart_map)', '`std::invalid_argument`: there is not one period for each dimension.'),
    (r'Intracomm::(?:Create_graph|Graph_map)',
     '`std::invalid_argument`: the index decreases or does not end with the number of edges, or an edge leads to no process.'),
    (r'Intracomm::Create_dist_graph(?:_adjacent)?', '`std::invalid_argument`: sources, degrees, destinations and weights do not fit together.'),
    (r'Intracomm::Spawn(?:_multiple)?', '`std::invalid_argument`: `maxprocs` is not positive, or the lists differ in length. `Exception`: there is no such program.'),
    (r'Cartcomm::(?:Get_cart_rank|Get_coords|Shift|Sub)', '`std::invalid_argument`: the argument does not fit the grid.'),
    (r'Request::(?:[Ww]ait|[Tt]est)(?:all|some)', '`std::invalid_argument`: there is not one status for each request.'),
    (r'Request::(?:[Ww]ait|[Tt]est)|ObjectRequest::(?:wait|test)', 'What the blocking call would throw.'),
    (r'Prequest::Start', '`std::invalid_argument`: the operation is under way.'),
    (r'Win::(?:R?(?:[Pp]ut|[Gg]et|[Aa]ccumulate|[Gg]et_accumulate)|Fetch_and_op|Compare_and_swap)',
     '`std::invalid_argument`: no epoch is open for the target, the range exceeds its memory, or the elements are not those of the window. Nothing is sent.'),
    (r'Win::(?:Fence|Start|Complete|Post|Wait|Lock|Lock_all|Unlock|Unlock_all|Flush\w*|Free|fence|start|post|lock|lock_all)',
     '`std::invalid_argument`: the call does not go with the epochs that are open.'),
    (r'Win::Create', '`std::invalid_argument`: the memory does not lie in one piece, or the processes give elements of different sizes.'),
    (r'File::I?[Rr]ead\w*', '`Exception` of class ERR_ACCESS: the file is open for writing only. Of class ERR_IO: there are fewer elements, and no `status` was passed.'),
    (r'File::I?[Ww]rite\w*', '`Exception` of class ERR_READ_ONLY: the file is open for reading only. Of class ERR_NO_SPACE: the disk is full.'),
    (r'File::I?(?:[Rr]ead|[Ww]rite)_at\w*|File::(?:Seek|Seek_shared|Set_size|Preallocate)', '`std::invalid_argument`: the offset or size is negative.'),
    (r'File::Open', '`Exception` of class ERR_NO_SUCH_FILE, ERR_FILE_EXISTS, ERR_ACCESS or ERR_AMODE, on every process.'),
    (r'Counter::Counter', '`std::invalid_argument`, on every process: the processes give different roots, or there is no such process.'),
    (r'SharedArray::SharedArray|share', '`std::invalid_argument`, on every process: the processes give different shapes. `Exception` of class ERR_NO_MEM: the node has no room.'),
    (r'Executor::(?:submit|map)', 'Nothing that a task throws: that comes out of its future, or at its place among the results.'),
    (r'Future::result', 'What the task has thrown, with its own type. `TimeoutError`, `CancelledError` or `BrokenExecutor` if there is no result.'),
    (r'Environment::Environment', '`std::invalid_argument`: MPI has been initialized already, or has ended.'),
]


def throws(name, sentence):
    """What a member throws: one paragraph for each reason."""
    found = [text for pattern, text in THROWS if re.fullmatch(pattern, name)]
    return found + ['`Exception`: MPI reports an error.'] if re.search(r'\bMPI_', ' '.join(sentence)) else found


class Notes:
    def __init__(self, examples):
        self.examples = {}
        for path in sorted(examples.glob('reference_*.cpp')):
            for names, lines in re.findall(r'^ *// \[(\S.*)\]\n((?:.*\S.*\n)+)', path.read_text(encoding='utf-8'), re.MULTILINE):
                self.examples |= dict.fromkeys(names.split(), textwrap.dedent(lines).rstrip())

    def on(self, scope, name, sentence):
        """What to add to the sentence of a member, as a comment."""
        full = f'{scope}::{name}' if scope else name
        lines, reasons = [], throws(full, sentence)
        if reasons:
            lines += ['', '@par Throws', ' '.join(reasons)]
        if full in self.examples:
            lines += ['', '@par Example', '@code{.cpp}', *self.examples[full].splitlines(), '@endcode']
        return ''.join(f'/// {line}\n' for line in lines)
