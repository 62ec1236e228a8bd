// How the function of a task is called on the worker, and how its call is packed.
#pragma once

#include <mpi4cxx/detail/futures/argument.hpp>
#include <mpi4cxx/detail/futures/callable.hpp>
#include <mpi4cxx/detail/futures/work_item.hpp>

#include <tuple>
#include <type_traits>

namespace MPI4CXX::futures::detail {

template <class F, class... A> struct Invocation {
    static_assert(std::is_invocable_v<F&, local<A>...>,
                  "mpi4cxx: the function cannot be called with these arguments: in the worker they are values of their own, so it "
                  "cannot take one by reference to non-const");
    using result = std::invoke_result_t<F&, local<A>...>;
};
/// The type that `f` returns on the worker for arguments sent as A.
template <class F, class... A> using result_of = typename Invocation<F, A...>::result;

/// Calls F with each item of a chunk.
template <class F, class... A> void run_chunk(Chunk& chunk) {
    ReceivedFunction<F> received(chunk.in);
    chunk.resume();
    using R = result_of<F, A...>;
    for (; chunk.done < chunk.count; ++chunk.done) {
        chunk.begin_item();
        with_item<A...>(chunk.in, [&]([[maybe_unused]] Unpacking& item) {
            std::tuple<local<A>...> arguments{get_argument<A>(item)...};
            if constexpr (std::is_void_v<R>)
                std::apply(received.function, std::move(arguments));
            else
                put_item(chunk.out, static_cast<const stored<R>&>(std::apply(received.function, std::move(arguments))));
        });
    }
}

template <class F, class... A> inline const TaskType task_type{&run_chunk<F, A...>, typeid(F), FunctionPointer<F>};

/// The state of a call of F with arguments sent as A.
template <class F, class... A> using CallState = FutureStateOf<stored_result<result_of<F, A...>>>;

/// Packs the call, ready to be sent.
template <class F, class... A> void load_call(CallState<F, A...>& state, const F& f, const auto&... arguments) {
    mpi4cxx::detail::InlineBuffer room;
    Packing to(room, Packing::Blocks::inside);
    to.claim(sizeof(TaskHeader));
    put_callable(to, f);
    put_item(to, arguments...);
    state.load(task_type<F, A...>, to, room.bytes.data());
}

template <class F, class... A> Ref<CallState<F, A...>> make_task(const F& f, const auto&... arguments) {
    Ref<CallState<F, A...>> state(new CallState<F, A...>);
    load_call<F, A...>(*state, f, arguments...);
    return state;
}

}  // namespace MPI4CXX::futures::detail
