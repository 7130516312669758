// Package file reads secrets from a folder: one secret a file, named by its path
// below the folder, as a Kubernetes secret volume, the CSI secrets store, systemd
// credentials or a plain directory hold them. The config string is
// file:///absolute/folder or file:relative/folder.
//
// # Values
//
// A text value loses exactly one final newline, "\n" or "\r\n", which editors and
// echo add and no password means; trim=none keeps it. A binary value, one that
// has a NUL or is not UTF-8, loses nothing. An empty file is an empty value. A
// file over 1 MiB is ErrTooLarge. The version is [secretmux.ContentVersion], and
// the time of creation is unknown, as a file's times can be set to anything.
//
// # Changes
//
// Nothing is watched: events don't arrive from network, bind and overlay mounts.
// The store reads again every 2 seconds (Meta.TTL, or the link's ttl=) and
// compares contents, so that a change which keeps size and time is seen too. The
// folder is opened anew for each call, so that it may be replaced or come late.
//
// A Kubernetes volume changes all its files at once, by renaming a symbolic link
// named ..data. One GetMany reads all such files from one generation. Elsewhere
// a writer should write a new file and rename it into place. As many don't, a
// file that was written less than 100 ms ago is read again after 100 ms, until
// it is older or two reads agree, so that a value between truncation and the end
// of the write is not taken for a rotation. After 5 reads of a file that never
// rests the error is ErrUnavailable, after which the store keeps what it has.
//
// # Limits
//
// Nothing outside the folder is read: symbolic links must be relative and stay
// inside ([os.Root]), and at most 8 of them lie on one path. Files whose path has
// a segment that starts with ".." belong to the machinery of the mount and are
// neither listed nor read. A pipe, socket or device is ErrInvalid and never
// waited for. Owners and modes of files are not judged. File systems that ignore
// case give one secret several names.
//
// A system call on a network mount that hangs can't be interrupted: such a Get
// outlives its ctx. The readers of a store don't wait for it.
package file
