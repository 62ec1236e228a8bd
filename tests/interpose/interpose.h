/* Makes MPI functions fail on demand, in the program that this is linked into. */
#ifndef MPI4CXX_TESTS_INTERPOSE_H
#define MPI4CXX_TESTS_INTERPOSE_H

#ifdef __cplusplus
extern "C" {
#endif

/* The functions that can fail: all that the library calls. */
extern const char* const interposed[];
extern const int interposed_size;

/* Makes the next call of `function` return `code`; 0 where it is not among them. */
int fail_next(const char* function, int code);
/* Lets `skipped` calls of `function` pass, and makes the next one return `code` when MPI has done what it should, so that no other process waits for
 * this one; 0 where it is not among them. */
int fail_after(const char* function, int skipped, int code);
/* How many of those calls there have been, and forgets the ones to come. */
int failures(void);
/* How often MPI has returned from function number `i` since then. */
int calls_since_failures(int i);

/* What function number `i` is to return before it does anything. */
int interpose(int i);
/* What it is to return when MPI has returned `result`. */
int interpose_result(int i, int result);

#ifdef __cplusplus
}
#endif
#endif
