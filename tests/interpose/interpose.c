#include "interpose.h"

#include <string.h>

static int codes[1000];
static int failed;

int fail_next(const char* function, int code) {
    for (int i = 0; i < interposed_size; ++i)
        if (strcmp(interposed[i], function) == 0) {
            codes[i] = code;
            return 1;
        }
    return 0;
}

int failures(void) {
    const int result = failed;
    failed = 0;
    memset(codes, 0, sizeof codes);
    return result;
}

int interpose(int i) {
    const int code = codes[i];
    codes[i] = 0;
    failed += code != 0;
    return code;
}
