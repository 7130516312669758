package vault

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

const (
	maxCredential = 64 << 10
	maxPEM        = 1 << 20
)

var (
	errIrregular = errors.New("is not a regular file")
	errBigFile   = errors.New("is too large")
	errNoPEM     = errors.New("has no PEM certificate")
	errNoPair    = errors.New("does not fit the key of key_file=, or one of the two is not PEM")
)

// readFile reads a regular file. Its errors do not hold the path, because a
// credential may have been written there by mistake. The cause below the path's
// error is kept: "permission denied" tells the operator what to mend.
func readFile(path string, limit int64) ([]byte, error) {
	data, err := readRegular(path, limit)
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = fmt.Errorf("can't be read: %w", pathError.Err)
	}
	return data, err
}

// readRegular checks the open file and not the path. If the path were checked, the file could be
// replaced between the check and the opening.
func readRegular(path string, limit int64) ([]byte, error) {
	// Without O_NONBLOCK, opening a FIFO waits until another process writes to it.
	// That wait has no context and would outlive every timeout.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errBigFile
	}
	return data, err
}
