//go:build unix

package age

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lock keeps other editors away from the files of a folder. It locks the folder itself:
// the file is replaced, and a file for the lock would stay behind in the repository.
// The lock ends with the process.
func lock(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	timer := time.NewTicker(20 * time.Millisecond)
	defer timer.Stop()
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = f.Close()
			return func() {}, nil // a file system without locks: the comparison before the rename still protects the file
		}
		select {
		case <-timer.C:
		case <-ctx.Done():
			_ = f.Close()
			return nil, errors.Join(ctx.Err(), errLocked)
		}
	}
}

// syncFolder waits until the disk has the new name.
func syncFolder(dir string) error {
	if dir == "" {
		dir = "."
	}
	f, err := os.Open(dir) //nolint:gosec // the operator names the file
	if err != nil {
		return err
	}
	_ = f.Sync() // some file systems can't do this, and the rename has happened
	return f.Close()
}
