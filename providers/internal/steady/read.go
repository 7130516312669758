// Package steady reads small files that others may be writing. It is how the
// local providers read: the same limits, the same patience, the same refusal of
// whatever is no regular file.
package steady

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

const (
	// TTL is how long an answer from a file may be kept: reading one costs next to
	// nothing, and somebody may be writing it.
	TTL = 2 * time.Second
	// MaxSize is the largest file that is read, in bytes. It is over the limits
	// of Kubernetes (1 MiB a volume) and Docker (500 kB a secret).
	MaxSize = 1 << 20
	// rest is how long a file must be left alone before one read is believed.
	rest = 100 * time.Millisecond
	// maxReads bounds the reads of a file that is never left alone.
	maxReads = 5
)

// What is wrong with a file. None of them quotes anything.
var (
	ErrDirectory  = errors.New("there is a directory where a file should be")
	ErrNotRegular = errors.New("it is no regular file")
	ErrTooLarge   = errors.New("it is over 1 MiB")
	ErrChanging   = errors.New("it kept changing while it was read")
)

// HintDirectory says where a directory in place of a file comes from.
const HintDirectory = "where the source of a mount is missing on the host, Docker makes a directory: create the file there, and the container anew"

// Read returns the content of the file that open opens, once nobody seems to be
// writing it: it reads again when the file changed meanwhile or was written less
// than 100 ms ago, up to 5 times. Files that came into place whole, as atomic
// says, need no such patience. It closes what it opens, and obeys ctx between
// reads.
func Read(ctx context.Context, open func() (fs.File, error), atomic bool) ([]byte, fs.FileInfo, error) {
	var last []byte
	for n := range maxReads {
		if n > 0 {
			if err := pause(ctx); err != nil {
				return nil, nil, err
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		got, err := look(open)
		if err != nil {
			return nil, nil, err
		}
		if got.settled(atomic) {
			return got.content, got.after, nil
		}
		// Some file systems always tell the present time. Twice nothing proves
		// nothing: a writer in a loop may have been met twice after truncation.
		if len(last) > 0 && bytes.Equal(got.content, last) {
			return got.content, got.after, nil
		}
		last = got.content
	}
	return nil, nil, ErrChanging
}

// Open opens the regular file at path. Opening some devices has effects, so it
// looks first; opening a pipe waits for its writer unless told not to, so Read
// looks again.
func Open(path string) (fs.File, error) {
	info, err := os.Stat(path)
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		return nil, err
	}
	return os.OpenFile(path, Flags, 0) //nolint:gosec // the operator names the file
}

func regular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return ErrDirectory
	case !info.Mode().IsRegular():
		return ErrNotRegular
	}
	return nil
}

// view is a file as one read saw it.
type view struct {
	before, after fs.FileInfo
	content       []byte
}

func look(open func() (fs.File, error)) (v view, err error) {
	f, err := open()
	if err != nil {
		return view{}, err
	}
	defer func() { _ = f.Close() }() // nothing was written that closing could lose
	if v.before, err = f.Stat(); err != nil {
		return view{}, err
	}
	if err = regular(v.before); err != nil {
		return view{}, err
	}
	if v.content, err = io.ReadAll(io.LimitReader(f, MaxSize+1)); err != nil {
		return view{}, err
	}
	if len(v.content) > MaxSize {
		return view{}, ErrTooLarge
	}
	v.after, err = f.Stat()
	return v, err
}

// settled reports whether one read is enough to believe the content.
func (v view) settled(atomic bool) bool { return v.whole() && (atomic || v.rested()) }

// whole reports whether the file stayed the same while it was read. A size of
// zero beside content is that of a file system which does not tell sizes.
func (v view) whole() bool {
	size := v.before.Size()
	return size == v.after.Size() && v.before.ModTime().Equal(v.after.ModTime()) &&
		(size == int64(len(v.content)) || size == 0)
}

// rested reports whether the last write lies back far enough. A time far in the
// future says nothing; one in the near future is that of a server whose clock
// differs from ours.
func (v view) rested() bool { return time.Since(v.after.ModTime()).Abs() >= rest }

func pause(ctx context.Context) error {
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
