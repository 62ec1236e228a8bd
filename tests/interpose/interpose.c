#include "interpose.h"

#include <string.h>

static int codes[1000], late_codes[1000], skips[1000], returned[1000];
static int failed;

static int index_of(const char* function) {
    for (int i = 0; i < interposed_size; ++i)
        if (strcmp(interposed[i], function) == 0)
            return i;
    return -1;
}

int fail_next(const char* function, int code) {
    const int i = index_of(function);
    if (i >= 0)
        codes[i] = code;
    return i >= 0;
}

int fail_after(const char* function, int skipped, int code) {
    const int i = index_of(function);
    if (i >= 0) {
        late_codes[i] = code;
        skips[i] = skipped;
    }
    return i >= 0;
}

int failures(void) {
    const int result = failed;
    failed = 0;
    memset(codes, 0, sizeof codes);
    memset(late_codes, 0, sizeof late_codes);
    memset(returned, 0, sizeof returned);
    return result;
}

int calls_since_failures(int i) { return returned[i]; }

int interpose(int i) {
    const int code = codes[i];
    codes[i] = 0;
    failed += code != 0;
    return code;
}

int interpose_result(int i, int result) {
    const int code = late_codes[i];
    ++returned[i];
    if (code == 0 || skips[i]-- > 0)
        return result;
    late_codes[i] = 0;
    ++failed;
    return code;
}
