package age

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

const (
	// maxSize is the largest size of the file, and of its plain text, in bytes.
	maxSize = 1 << 20
	// ttl is the advice for values. It is short, because a read costs very little, and
	// a person may be editing the file.
	ttl = 2 * time.Second
	// rest is the time between two looks at a file whose content makes no sense.
	rest   = 100 * time.Millisecond
	rounds = 5
)

var (
	errTooLarge   = &fault.Error{Class: secretmux.ErrTooLarge, Problem: "the file is larger than 1 MiB", Hint: "divide the file: the limit is 1 MiB"}
	errNotRegular = fault.Invalid("the path is not a regular file", "write the path of the encrypted file, as in sops:secrets.env")
)

// settle reads the file and decrypts it. A program that writes a file in place leaves
// it cut for a moment, and the content shows that. So a file whose content makes no
// sense is read again until its content stays the same.
func settle[T any](ctx context.Context, path string, open func(data []byte) (T, error)) (T, error) {
	var before []byte
	for round := 1; ; round++ {
		var content T
		data, err := readFile(path)
		if err != nil {
			return content, err
		}
		content, err = open(data)
		if err == nil || round == rounds || round > 1 && bytes.Equal(data, before) {
			return content, err
		}
		before = data
		timer := time.NewTimer(rest)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return content, ctx.Err()
		}
	}
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errNotRegular // opening a pipe would wait for its writer
	}
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written that closing could lose
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(data) > maxSize {
		err = errTooLarge
	}
	return data, err
}

// systemSays returns the system's error without the path. The path may be a value that
// was written in the wrong place.
func systemSays(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return "the system refused the operation"
}
