package file

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"time"
)

const (
	// maxSize is over the limits of Kubernetes (1 MiB a volume) and Docker (500 kB).
	maxSize = 1 << 20
	// rest is how long a file must be left alone before one read is believed.
	rest = 100 * time.Millisecond
	// maxReads bounds the reads of a file that is never left alone.
	maxReads = 5
)

// read returns the content of a file, once nobody seems to be writing it. Files
// that came into place whole, as atomic says, need no such patience.
func read(ctx context.Context, root *os.Root, name string, atomic bool) ([]byte, error) {
	var last []byte
	for n := range maxReads {
		if n > 0 {
			if err := pause(ctx); err != nil {
				return nil, err
			}
		}
		got, err := look(root, name)
		if err != nil {
			return nil, err
		}
		if got.settled(atomic) {
			return got.content, nil
		}
		// Some file systems always tell the present time. Twice nothing proves
		// nothing: a writer in a loop may have been met twice after truncation.
		if len(last) > 0 && bytes.Equal(got.content, last) {
			return got.content, nil
		}
		last = got.content
	}
	return nil, errChanging
}

// view is a file as one read saw it.
type view struct {
	before, after fs.FileInfo
	content       []byte
}

func look(root *os.Root, name string) (v view, err error) {
	f, err := root.OpenFile(name, openFlags, 0)
	if err != nil {
		return view{}, err
	}
	defer func() { _ = f.Close() }() // nothing was written that closing could lose
	if v.before, err = f.Stat(); err != nil {
		return view{}, err
	}
	switch {
	case v.before.IsDir():
		return view{}, errDirectory
	case !v.before.Mode().IsRegular():
		return view{}, errNotRegular
	}
	if v.content, err = io.ReadAll(io.LimitReader(f, maxSize+1)); err != nil {
		return view{}, err
	}
	if len(v.content) > maxSize {
		return view{}, errTooLarge
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
