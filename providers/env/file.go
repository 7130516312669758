package env

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
	"unicode/utf8"
)

const (
	fileSuffix = "_FILE"
	maxFile    = 1 << 20
	// fileTTL is the advice for a value from a file, which may be replaced at
	// any time and costs next to nothing to read.
	fileTTL = 2 * time.Second
)

var (
	errTooLarge  = errors.New("it is too large")
	errIrregular = errors.New("it is not a regular file")
	errEmptyFile = errors.New("it is empty")
	errUnsteady  = errors.New("it changed while it was read")
)

// readFile reads the file at path, which variable holds.
func (p *Provider) readFile(ctx context.Context, variable, path string) (answer, error) {
	data, err := readSteady(ctx, path)
	if err == nil {
		data = trim(data)
		if len(data) == 0 && !p.opts.KeepEmpty {
			// Absence would let a chain go on while the file is being written.
			err = errEmptyFile
		}
	}
	if err != nil {
		return answer{}, &fileError{variable: variable, cause: withoutPath(err)}
	}
	a := answer{data: data}
	a.meta.TTL = fileTTL
	return a, nil
}

// readSteady reads once more when the file changed meanwhile, and then gives up.
func readSteady(ctx context.Context, path string) ([]byte, error) {
	data, err := readRegular(path)
	if errors.Is(err, errUnsteady) && ctx.Err() == nil {
		data, err = readRegular(path)
	}
	return data, err
}

func readRegular(path string) ([]byte, error) {
	// Opening some devices has effects, so look first; opening a FIFO waits for
	// its writer unless told not to, so look again afterwards.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errIrregular
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readOpen(f)
}

func readOpen(f fs.File) ([]byte, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, errIrregular
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	after, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxFile:
		return nil, errTooLarge
	case int64(len(data)) != after.Size(), before.Size() != after.Size(), !before.ModTime().Equal(after.ModTime()):
		return nil, errUnsteady
	}
	return data, nil
}

// trim takes one final line break off a text, which editors and echo add. A
// binary value keeps every byte.
func trim(data []byte) []byte {
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return data
	}
	if rest, ok := bytes.CutSuffix(data, []byte("\r\n")); ok {
		return rest
	}
	return bytes.TrimSuffix(data, []byte("\n"))
}

// withoutPath keeps what the system says and drops the path it says it about.
func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
