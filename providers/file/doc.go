// Package file reads secrets from a folder, one secret a file. The name of a secret
// is its path below the folder. Kubernetes secret volumes, the CSI secrets store and
// plain directories have this form.
//
//	file:///etc/secrets                  db/password is /etc/secrets/db/password
//	file:secrets                         a folder below the working directory of each call
//	file:///etc/secrets?trim=none        the bytes of the files, unchanged
//	file:///etc/secrets?missing=absent   a folder that may be missing
//
// # Values
//
// A text value loses a byte order mark at its start and exactly one final newline,
// "\n" or "\r\n". Editors, echo and PowerShell add them, and no password needs them.
// A text in UTF-16 is ErrInvalid, because its bytes are not the text that its author
// wrote. A binary value, which has a NUL or is not UTF-8, is not changed. With
// trim=none the bytes of every file stay unchanged. An empty file is an empty secret,
// as in every local backend that reads files. A file over 1 MiB is ErrTooLarge. The
// version is [secretmux.ContentVersion]. The time of creation is unknown, because a
// program can set the times of a file to anything.
//
// # A lost folder
//
// A file that the folder does not have is ErrNotFound, and a chain goes on. A lost
// folder proves nothing about the secrets in it, so every name in it is
// ErrUnavailable: a chain stops, stale= keeps serving the last values, and no
// rotation is reported. The folder is lost in these cases:
//   - Nothing exists at its path: the folder was never mounted, or its path has a
//     mistake. Check reports this too.
//   - A secret was read from it, and now it is on another device and lacks the name.
//     An unmount has this effect: it leaves an empty mount point.
//   - A secret was read from it, and now it is another folder, which is empty. The
//     unmount of a bind mount has this effect, and so has a folder that is being made
//     anew.
//   - It had a ..data, and now it has none, or one that leads to nothing, and it
//     lacks the name.
//
// With missing=absent, or Options.Missing, all of these are ErrNotFound. If the
// folder, or a part of the path above it, is not a folder, the error is ErrInvalid.
//
// # Changes
//
// This package does not watch the folder, because events don't arrive from network,
// bind and overlay mounts. The store reads again every 2 seconds (DefaultTTL, or the
// link's ttl=) and compares contents, so it also sees a change that keeps size and
// time. The folder is opened anew for each call, so it may be replaced, or appear
// late.
//
// A Kubernetes volume changes all its files at once, by renaming a symbolic link with
// the name ..data. One GetMany reads all these files from one generation. Elsewhere a
// writer should write a new file and rename it into place. Many writers don't, so a
// change counts only when two reads 100 ms apart agree. A change from a value to an
// empty file needs two more reads, so that the moment between truncation and the end
// of a write does not look like a rotation. A first value is read twice without a
// pause. No clock is used, because the clock of a file server may differ from ours.
// If a file has changed at each of 5 reads, the error is ErrUnavailable, and the
// store keeps the value that it has.
//
// # Limits
//
// Nothing outside the folder is read: symbolic links must be relative and stay inside
// ([os.Root]), and one path may have at most 8 of them. A file whose path has a
// segment that starts with ".." belongs to the machinery of the mount. It is neither
// listed nor read. A pipe, socket or device is ErrInvalid, and no call waits for it.
// Owners and modes of files are not checked. On a file system that ignores case, one
// secret has several names. On Windows, the names of devices, and names with a
// character that has a meaning there, are ErrInvalid.
//
// A system call on a network mount that hangs can't be interrupted: such a Get
// outlives its ctx. A store gives it up when the link's timeout= is over. In a
// batch it does not hold up the other names: once no file has come in for 2 seconds, or
// for a quarter of the time that is left, the name of one that hangs is ErrUnavailable,
// and it fails at once until that read has returned.
package file
