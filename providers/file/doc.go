// Package file reads secrets from a folder: one secret a file, named by its path
// below the folder, as a Kubernetes secret volume, the CSI secrets store or a plain
// directory hold them.
//
//	file:///etc/secrets                  db/password is /etc/secrets/db/password
//	file:secrets                         a folder below the working directory of each call
//	file:///etc/secrets?trim=none        the bytes of the files as they are
//	file:///etc/secrets?missing=absent   a folder that may be missing
//
// # Values
//
// A text value loses a byte order mark at its start and exactly one final
// newline, "\n" or "\r\n": editors, echo and PowerShell add them, and no password
// means them. A text in UTF-16 is ErrInvalid, because its bytes are not the text
// that was meant. A binary value, one that has a NUL or is not UTF-8, stays as it
// is; trim=none keeps the bytes of every file. An empty file is an empty secret,
// as in every local backend that reads files. A file over 1 MiB is ErrTooLarge.
// The version is [secretmux.ContentVersion], and the time of creation is unknown,
// as a file's times can be set to anything.
//
// # A folder that is gone
//
// A file that is absent from the folder is ErrNotFound, and a chain goes on. A folder
// that is gone proves nothing about what was in it, so that every name in it is
// ErrUnavailable: a chain stops, stale= keeps serving, and no rotation is told. The
// folder is gone
//
//   - when nothing is at its path, as with a folder that was never mounted, or with a
//     mistake in the path, which Check reports too;
//   - when a secret was read from it, and it is now on another device, as after an
//     unmount, which leaves an empty mount point, and lacks the name;
//   - when a secret was read from it, and it is now another folder with nothing in it,
//     as after the unmount of a bind mount, or while it is made anew;
//   - when it had a ..data and has none now, or one that leads to nothing, and lacks
//     the name.
//
// With missing=absent, or Options.Missing, all of these are ErrNotFound. Something
// else in place of the folder, or above it, is ErrInvalid.
//
// # Changes
//
// Nothing is watched: events don't arrive from network, bind and overlay mounts.
// The store reads again every 2 seconds (DefaultTTL, or the link's ttl=) and
// compares contents, so that a change which keeps size and time is seen too. The
// folder is opened anew for each call, so that it may be replaced or come late.
//
// A Kubernetes volume changes all its files at once, by renaming a symbolic link
// named ..data. One GetMany reads all such files from one generation. Elsewhere
// a writer should write a new file and rename it into place. As many don't, a
// change is believed when two reads 100 ms apart agree, and one from something to
// nothing after two more, so that what is there between truncation and the end of
// the write is not taken for a rotation. A first value is read twice without a
// pause. No clock is asked: that of a file server may differ from ours. After 5
// reads of a file that never rests the error is ErrUnavailable, after which the
// store keeps what it has.
//
// # Limits
//
// Nothing outside the folder is read: symbolic links must be relative and stay
// inside ([os.Root]), and at most 8 of them lie on one path. Files whose path has
// a segment that starts with ".." belong to the machinery of the mount and are
// neither listed nor read. A pipe, socket or device is ErrInvalid and never
// waited for. Owners and modes of files are not judged. File systems that ignore
// case give one secret several names. On Windows, names with a character that
// means something there, and those of devices, are ErrInvalid.
//
// A system call on a network mount that hangs can't be interrupted: such a Get
// outlives its ctx. A store gives it up when the link's timeout= is over. In a
// batch it does not hold up the other names: once no file has come in for 2 seconds, or
// for a quarter of the time that is left, the name of one that hangs is ErrUnavailable,
// and it fails at once until that read has returned.
package file
