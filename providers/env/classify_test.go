package env

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/secretmux/secretmux"
)

// The classes that root, or a test that may not wait, can't bring about with
// real files.
func TestClassOf(t *testing.T) {
	path := func(err error) error {
		return &fileError{variable: "A_FILE", cause: withoutPath(&fs.PathError{Op: "open", Path: "canary", Err: err})}
	}
	tests := []struct {
		err  error
		want error
	}{
		{path(syscall.EACCES), secretmux.ErrDenied},
		{path(syscall.EPERM), secretmux.ErrDenied},
		{path(syscall.ENOENT), secretmux.ErrInvalid},
		{path(syscall.ENOTDIR), secretmux.ErrInvalid},
		{path(syscall.ELOOP), secretmux.ErrInvalid},
		{path(syscall.ENAMETOOLONG), secretmux.ErrInvalid},
		{path(syscall.EIO), secretmux.ErrUnavailable},
		{path(syscall.EMFILE), secretmux.ErrUnavailable},
		{path(syscall.ESTALE), secretmux.ErrUnavailable},
		{&fileError{variable: "A_FILE", cause: errUnsteady}, secretmux.ErrUnavailable},
		{&fileError{variable: "A_FILE", cause: errTooLarge}, secretmux.ErrTooLarge},
		{&fileError{variable: "A_FILE", cause: errEmptyFile}, secretmux.ErrInvalid},
		{&fileError{variable: "A_FILE", cause: errIrregular}, secretmux.ErrInvalid},
		{&absentError{variable: "A"}, secretmux.ErrNotFound},
		{&takenError{variable: "A", holder: "a"}, secretmux.ErrInvalid},
		{&setUpError{problem: "both"}, secretmux.ErrInvalid},
		{context.Canceled, nil},
		{context.DeadlineExceeded, nil},
	}
	for _, tt := range tests {
		if got, _ := classOf(tt.err); got != tt.want { //nolint:errorlint // the sentinel itself
			t.Errorf("class of %v: %v, want %v", tt.err, got, tt.want)
		}
		if bytes.Contains([]byte(tt.err.Error()), []byte("canary")) {
			t.Errorf("the error quotes the path: %v", tt.err)
		}
	}
}

// growing is a file that somebody writes to while it is read.
type growing struct {
	fs.File
	info fs.FileInfo
	by   int64 // what it grows by from look to look
	stat int64
}

type sized struct {
	fs.FileInfo
	size int64
	mod  time.Time
}

func (s sized) Size() int64        { return s.size }
func (s sized) ModTime() time.Time { return s.mod }

func (g *growing) Stat() (fs.FileInfo, error) {
	g.stat++
	return sized{FileInfo: g.info, size: g.info.Size() + (g.stat-1)*g.by, mod: time.Unix(g.stat, 0)}, nil
}

func TestReadOpenNoticesAWriter(t *testing.T) {
	for _, by := range []int64{0, 1} { // by 0, only the time tells
		f, err := fstest.MapFS{"f": {Data: []byte("half")}}.Open("f")
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readOpen(&growing{File: f, info: info, by: by}); !errors.Is(err, errUnsteady) {
			t.Errorf("by %d: got %v, want %v", by, err, errUnsteady)
		}
	}
}
