/* SPDX-License-Identifier: Apache-2.0 */
#include "errors.h"

#include "../env/value.h"

#include <errno.h>

/* What an errno value says in the C locale of glibc. */
#define ERRORS(ROW)                                                                                \
    ROW(EPERM, "Operation not permitted")                                                          \
    ROW(ENOENT, "No such file or directory")                                                       \
    ROW(ESRCH, "No such process")                                                                  \
    ROW(EINTR, "Interrupted system call")                                                          \
    ROW(EIO, "Input/output error")                                                                 \
    ROW(ENXIO, "No such device or address")                                                        \
    ROW(E2BIG, "Argument list too long")                                                           \
    ROW(ENOEXEC, "Exec format error")                                                              \
    ROW(EBADF, "Bad file descriptor")                                                              \
    ROW(EAGAIN, "Resource temporarily unavailable")                                                \
    ROW(ENOMEM, "Cannot allocate memory")                                                          \
    ROW(EACCES, "Permission denied")                                                               \
    ROW(EFAULT, "Bad address")                                                                     \
    ROW(EBUSY, "Device or resource busy")                                                          \
    ROW(EEXIST, "File exists")                                                                     \
    ROW(EXDEV, "Invalid cross-device link")                                                        \
    ROW(ENODEV, "No such device")                                                                  \
    ROW(ENOTDIR, "Not a directory")                                                                \
    ROW(EISDIR, "Is a directory")                                                                  \
    ROW(EINVAL, "Invalid argument")                                                                \
    ROW(ENFILE, "Too many open files in system")                                                   \
    ROW(EMFILE, "Too many open files")                                                             \
    ROW(ENOTTY, "Inappropriate ioctl for device")                                                  \
    ROW(ETXTBSY, "Text file busy")                                                                 \
    ROW(EFBIG, "File too large")                                                                   \
    ROW(ENOSPC, "No space left on device")                                                         \
    ROW(ESPIPE, "Illegal seek")                                                                    \
    ROW(EROFS, "Read-only file system")                                                            \
    ROW(EPIPE, "Broken pipe")                                                                      \
    ROW(EDEADLK, "Resource deadlock avoided")                                                      \
    ROW(ENAMETOOLONG, "File name too long")                                                        \
    ROW(ENOSYS, "Function not implemented")                                                        \
    ROW(ELOOP, "Too many levels of symbolic links")                                                \
    ROW(ENOMSG, "No message of desired type")                                                      \
    ROW(ENODATA, "No data available")                                                              \
    ROW(EPROTO, "Protocol error")                                                                  \
    ROW(EBADMSG, "Bad message")                                                                    \
    ROW(EOVERFLOW, "Value too large for defined data type")                                        \
    ROW(EBADFD, "File descriptor in bad state")                                                    \
    ROW(ELIBBAD, "Accessing a corrupted shared library")                                           \
    ROW(EOPNOTSUPP, "Operation not supported")                                                     \
    ROW(ETIMEDOUT, "Connection timed out")                                                         \
    ROW(ECONNREFUSED, "Connection refused")                                                        \
    ROW(EHOSTDOWN, "Host is down")                                                                 \
    ROW(ESTALE, "Stale file handle")                                                               \
    ROW(EREMOTEIO, "Remote I/O error")                                                             \
    ROW(EDQUOT, "Disk quota exceeded")                                                             \
    ROW(ENOKEY, "Required key not available")                                                      \
    ROW(EKEYREJECTED, "Key was rejected by service")

/* Their texts in one string, for a pointer to each would be work for the loader at every start. */
#define ERROR_OF(error, text) error,
#define TEXT_OF(error, text)  text "\0"
static const uint8_t errors[] = {ERRORS(ERROR_OF)};
static const char texts[] = ERRORS(TEXT_OF);

const char *error_text(int error)
{
    for (unsigned i = 0; i < sizeof errors; i++)
        if (errors[i] == error)
            return string_at(texts, i);
    return NULL;
}
