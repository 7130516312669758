package dotenv

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

const (
	maxFile    = 1 << 20
	maxReads   = 5
	firstPause = 2 * time.Millisecond
)

var (
	errTooLarge  = errors.New("it is too large")
	errIrregular = errors.New("it is not a regular file")
	errUnsteady  = errors.New("it kept changing while it was read")
)

// read returns the whole file. One that changed meanwhile, or is empty, as
// between the two steps of a writer that truncates first, must read the same
// twice in a row: half a file would answer with half of its secrets.
func (p *Provider) read(ctx context.Context) ([]byte, fs.FileInfo, error) {
	var last []byte // not nil: a read that the next one has to agree with
	pause := firstPause
	for n := range maxReads {
		if n > 0 {
			if err := sleep(ctx, pause); err != nil {
				return nil, nil, err
			}
			pause *= 2
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		data, info, err := p.readOnce()
		switch {
		case errors.Is(err, errUnsteady):
			last = nil
		case err != nil:
			return nil, nil, err
		case n == 0 && len(data) > 0, last != nil && bytes.Equal(data, last):
			return data, info, nil
		default:
			last = data
		}
	}
	return nil, nil, errUnsteady
}

func (p *Provider) readOnce() ([]byte, fs.FileInfo, error) {
	f, err := p.open(p.path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	before, err := f.Stat()
	switch {
	case err != nil:
		return nil, nil, err
	case !before.Mode().IsRegular():
		return nil, nil, errIrregular
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, nil, err
	}
	after, err := f.Stat()
	switch {
	case err != nil:
		return nil, nil, err
	case len(data) > maxFile:
		return nil, nil, errTooLarge
	case int64(len(data)) != after.Size(), before.Size() != after.Size(), !before.ModTime().Equal(after.ModTime()):
		return nil, nil, errUnsteady
	}
	return data, after, nil
}

// openRegular opens regular files alone. Opening some devices has effects, so it
// looks first; opening a FIFO waits for its writer unless told not to, so
// readOnce looks again.
func openRegular(path string) (fs.File, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the operator names the file
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
