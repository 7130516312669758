// Package steady reads small files while other programs may be writing them. All
// local providers read with it, so they have the same limits and the same patience,
// and all refuse a path that is not a regular file.
package steady

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

const (
	// TTL is how long an answer from a file may be kept: a read costs very little,
	// and another process may be writing the file.
	TTL = 2 * time.Second
	// MaxSize is the largest file that is read, in bytes. It is more than the limits
	// of Kubernetes (1 MiB a volume) and Docker (500 kB a secret).
	MaxSize = 1 << 20
	// rest is the time between two reads of a file that may be changing.
	rest = 100 * time.Millisecond
	// maxRounds bounds the reads of a file that never stops changing.
	maxRounds = 5
)

// The faults of a file. Their texts quote nothing.
var (
	ErrDirectory  = errors.New("there is a directory where a file should be")
	ErrNotRegular = errors.New("it is not a regular file")
	ErrFIFO       = fmt.Errorf("it is a FIFO: %w", ErrNotRegular)
	ErrTooLarge   = errors.New("it is larger than 1 MiB")
	ErrChanging   = errors.New("it kept changing while it was read")
	ErrHangs      = errors.New("the read of it does not return")
)

// HintDirectory says why there may be a directory in place of a file.
const HintDirectory = "Docker makes a directory if the source of a mount is missing on the host: create the file there, then create the container again"

// File is a file to read.
type File struct {
	// Key is the name by which the reader remembers the file.
	Key string
	// Open opens the file. It is called for each look at the file, and ReadAll looks at
	// several files at a time.
	Open func() (fs.File, error)
	// Atomic says that the file was complete when it came into place: one look is
	// enough.
	Atomic bool
}

// Content is the content of a file, or the reason why it is unknown.
type Content struct {
	Data []byte
	Info fs.FileInfo
	Err  error
}

// Read reads one file. See [Reader.ReadAll]. It returns when the system does.
func (r *Reader) Read(ctx context.Context, f File) ([]byte, fs.FileInfo, error) {
	c := r.ReadAll(ctx, []File{f})[0]
	return c.Data, c.Info, c.Err
}

// ReadAll reads files, once they seem to be completely written. Content that equals
// the last content counts at once. A first content counts when two looks without a
// pause agree. A change counts when two looks 100 ms apart agree. A change to an
// empty file needs two more looks, because a writer that truncates first leaves the
// file empty or half for a moment. No clock is used, because the clock of a file
// server may differ from ours. A file that does not settle in 5 rounds is
// ErrChanging. All files share the same pauses, which end with ctx.
//
// A read that hangs, as on a mount whose server is gone, holds up no other file: see
// crew. Its file is ErrHangs, at once as long as that read has not returned.
func (r *Reader) ReadAll(ctx context.Context, files []File) []Content {
	contents := make([]Content, len(files))
	open := make([]*trial, 0, len(files))
	for i, f := range files {
		if contents[i].Err = r.hangs(f.Key); contents[i].Err == nil {
			open = append(open, r.begin(f, &contents[i]))
		}
	}
	look := lookAlone
	if len(files) > 1 {
		look = r.lookTogether
	}
	for round := range maxRounds {
		if round > 0 {
			if err := pause(ctx); err != nil {
				return end(contents, open, err)
			}
		}
		var err error
		if open, err = look(ctx, open); err != nil || len(open) == 0 {
			return end(contents, open, err)
		}
	}
	return end(contents, open, ErrChanging)
}

// lookAlone has the only trial look at its file, and returns it if it has not settled.
func lookAlone(ctx context.Context, open []*trial) (still []*trial, err error) {
	if err := ctx.Err(); err != nil || len(open) == 0 {
		return open, err
	}
	if t := open[0]; t.round() {
		*t.into = t.found
		return nil, nil
	}
	return open, nil
}

// end gives the error err to all files that have not settled.
func end(contents []Content, open []*trial, err error) []Content {
	for _, t := range open {
		*t.into = Content{Err: err}
	}
	return contents
}

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

// Open opens the regular file at path. Opening some devices has effects, so it looks
// at the path first. Opening a pipe waits for its writer unless told not to, so each
// look opens the file anew.
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
	case info.Mode().Type() == fs.ModeNamedPipe:
		return ErrFIFO
	case !info.Mode().IsRegular():
		return ErrNotRegular
	}
	return nil
}
